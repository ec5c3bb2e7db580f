using System.CommandLine;
using System.CommandLine.Parsing;
using Metaflow.Cli.Verbs;
using Metaflow.Configuration;
using Metaflow.Definitions;

namespace Metaflow.Cli.Parsing;

/// <summary>A command line that was understood.</summary>
/// <param name="Verb">The verb's entry; <see langword="null"/> if none was given.</param>
/// <param name="Implementation">The verb.</param>
/// <param name="Values">The values of options.</param>
/// <param name="Words">The words of the positional argument.</param>
internal sealed record CommandLine(VerbEntry? Verb, CliVerb? Implementation, OptionValues Values, IReadOnlyList<string> Words)
{
    /// <summary>The positional argument, or its first word.</summary>
    public string? Argument => Words.Count > 0 ? Words[0] : null;

    /// <summary>Parses a command line. Only the verbs that are named in it get their options, so that starting stays quick.</summary>
    /// <exception cref="UsageException">It cannot be understood; the message says what was meant, if that can be guessed.</exception>
    public static CommandLine Parse(FlowDefinition definition, IReadOnlyList<string> arguments, MachineEnvironment environment)
    {
        var symbols = new Dictionary<string, Option>(StringComparer.Ordinal);
        var root = new RootCommand();
        root.Options.Clear();
        root.SetAction(_ => 0);
        AddOptions(root, GlobalOptions.All, symbols, recursive: true);

        var verbs = new Dictionary<string, CliVerb>(StringComparer.Ordinal);
        foreach (var entry in VerbTable.All)
        {
            var command = new Command(entry.Name, entry.Summary);
            command.SetAction(_ => 0);
            root.Subcommands.Add(command);
            if (arguments.Contains(entry.Name))
            {
                var verb = verbs[entry.Name] = entry.Create(definition);
                AddOptions(command, verb.Options, symbols, recursive: false);
                if (verb.Argument is { } argument)
                {
                    command.Arguments.Add(argument.IsMany
                        ? new Argument<string[]>(argument.Name) { Arity = ArgumentArity.ZeroOrMore }
                        : new Argument<string?>(argument.Name) { Arity = ArgumentArity.ZeroOrOne });
                }
            }
        }

        // Values may begin with '@' (a JSON file), and options have long names: neither response files nor bundles.
        var result = root.Parse(arguments, new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        var name = result.CommandResult.Command == root ? null : result.CommandResult.Command.Name;
        var values = new OptionValues(result, symbols, arguments, environment);
        var line = new CommandLine(
            VerbTable.Find(name), name is null ? null : verbs[name], values,
            [.. result.CommandResult.Command.Arguments.SelectMany(argument => result.GetResult(argument)?.Tokens ?? []).Select(token => token.Value)]);
        if (!values.Has(GlobalOptions.Help))
        {
            line.RefuseFaults(result);
        }

        return line;
    }

    private static void AddOptions(Command command, IReadOnlyList<CliOption> options, Dictionary<string, Option> symbols, bool recursive)
    {
        foreach (var option in options)
        {
            var symbol = new Option<string[]>(option.Typed)
            {
                Recursive = recursive,
                Arity = option.ValueName is null ? ArgumentArity.Zero
                    : option.IsSwitch ? ArgumentArity.ZeroOrMore
                    : ArgumentArity.OneOrMore,
            };
            if (option.Name.Contains('-', StringComparison.Ordinal))
            {
                symbol.Aliases.Add("--" + option.Name.Replace('-', '_'));
            }

            if (option.ShortName is not null)
            {
                symbol.Aliases.Add(option.ShortName);
            }

            symbols[option.Name] = symbol;
            command.Options.Add(symbol);
        }
    }

    private void RefuseFaults(ParseResult result)
    {
        if (result.UnmatchedTokens.Count > 0)
        {
            throw Unknown(result.UnmatchedTokens[0]);
        }

        foreach (var fault in result.Errors)
        {
            throw new UsageException(
                fault.SymbolResult is OptionResult option ? $"{option.Option.Name} needs a value." : fault.Message);
        }

        if (Implementation?.Argument is { IsRequired: true } argument && Argument is null)
        {
            throw new UsageException($"'{Verb!.Name}' needs a {argument.Name}: {argument.Description}");
        }
    }

    private UsageException Unknown(string token)
    {
        if (token.StartsWith('-'))
        {
            var name = token.Split('=', ':')[0];
            var known = GlobalOptions.All.Concat(Implementation?.Options ?? []).Select(option => option.Typed);
            return Verb is null
                ? new($"unknown option '{name}'.{NearestMatch.Hint(name, known)} Options of a verb stand after it.")
                : new($"'{Verb.Name}' has no option '{name}'.{NearestMatch.Hint(name, known)}{ProjectOptions.Hint(name)} See 'help {Verb.Name}'.");
        }

        return Verb is null
            ? new($"unknown command '{token}'.{NearestMatch.Hint(token, VerbTable.All.Select(entry => entry.Name))} See 'help'.")
            : new($"'{Verb.Name}' does not know what to do with '{token}'. See 'help {Verb.Name}'.");
    }
}
