using Metaflow.Binding;
using Metaflow.Cli.Parsing;
using Metaflow.Definitions;

namespace Metaflow.Cli.Output;

/// <summary>Writes the help of the program or of a verb.</summary>
internal sealed class HelpWriter(VerbContext context)
{
    private readonly Lazy<FlowSpec?> _defaults = new(
        () => context.Definition.NeedsServices ? null : FlowFactory.Create(context.Definition, context.Host.Services));

    /// <summary>The verbs and what every verb takes.</summary>
    public void WriteProgram()
    {
        context.Out.WriteLine($"Usage: {context.Host.Program} [options] <command> [command options]");
        WriteSection("Commands", VerbTable.All.Select(verb => (verb.Name, verb.Summary)));
        WriteSection("Options", GlobalOptions.All.Select(Describe));
        context.Out.WriteLine();
        context.Out.WriteLine($"'{context.Host.Program} help <command>' explains a command. Without one, the flow is explained.");
    }

    /// <summary>One verb with its parameters, options and examples.</summary>
    public void WriteVerb(VerbEntry entry, CliVerb verb)
    {
        var argument = verb.Argument is { } positional ? positional.IsRequired ? $" {positional.Name}" : $" [{positional.Name}]" : "";
        context.Out.WriteLine(entry.Summary);
        context.Out.WriteLine();
        context.Out.WriteLine($"Usage: {context.Host.Program} {entry.Name}{argument} [options]");
        if (verb.Argument is not null)
        {
            WriteSection("Arguments", [(verb.Argument.Name, verb.Argument.Description)]);
        }

        WriteSection($"Parameters of {context.Definition.Name}", verb.Options.Where(option => option.Parameter is not null).Select(Describe));
        WriteSection("Options", verb.Options.Where(option => option.Parameter is null).Select(Describe));
        WriteSection("Options of every command", GlobalOptions.All.Select(Describe));
        if (verb.Examples.Count > 0)
        {
            context.Out.WriteLine();
            context.Out.WriteLine("Examples:");
            foreach (var example in verb.Examples)
            {
                context.Out.WriteLine($"  {context.Host.Program} {example}");
            }
        }

        context.Out.WriteLine();
        context.Out.WriteLine(
            verb.Options.Count > 0
                ? $"Each option can also be given as an environment variable, such as {verb.Options[0].Variable}."
                : $"Each option can also be given as an environment variable, such as {GlobalOptions.DatastoreRoot.Variable}.");
    }

    /// <summary>The parameters with type, default and help.</summary>
    public void WriteParameters(string title, IEnumerable<CliOption> options) => WriteSection(title, options.Select(Describe));

    private (string Name, string Text) Describe(CliOption option)
    {
        var shortName = option.ShortName is null ? "" : $"{option.ShortName}, ";
        var value = option.ValueName is null ? "" : $" <{option.ValueName}>";
        return (shortName + option.Typed + value, option.Parameter is { } parameter ? Describe(option, parameter) : option.Description);
    }

    private string Describe(CliOption option, ParameterDefinition parameter)
    {
        var help = option.Description.Length == 0 ? "" : option.Description.TrimEnd('.') + ". ";
        var note =
            ParameterBinder.IsRequired(parameter) ? "Required."
            : !parameter.Attribute.ShowDefault ? ""
            : parameter.HasComputedDefault ? "Default: computed when a run starts."
            : _defaults.Value is { } flow ? $"Default: {Shorten(parameter.Format(flow) ?? "none")}"
            : parameter.InitializerText is { } text ? $"Default: {Shorten(text)}"
            : "";
        return (help + note).TrimEnd();
    }

    private static string Shorten(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length == 0 ? "empty" : line.Length <= 60 ? line : string.Concat(line.AsSpan(0, 59), "…");
    }

    private void WriteSection(string title, IEnumerable<(string Name, string Text)> rows)
    {
        var list = rows.ToList();
        if (list.Count == 0)
        {
            return;
        }

        context.Out.WriteLine();
        context.Out.WriteLine($"{title}:");
        TwoColumns.Write(context.Out, list, context.Host.Console.Width);
    }
}
