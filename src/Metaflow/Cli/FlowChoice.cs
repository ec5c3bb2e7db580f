namespace Metaflow.Cli;

/// <summary>The flows of a program that holds several; the first argument names one.</summary>
internal sealed class FlowChoice
{
    private readonly Dictionary<string, Type> _flows = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ArgumentException">There is no flow, a type is no flow, or two have the same name.</exception>
    public FlowChoice(IReadOnlyList<Type> flows)
    {
        if (flows.Count == 0)
        {
            throw new ArgumentException("Give at least one flow.", nameof(flows));
        }

        foreach (var flow in flows)
        {
            if (!flow.IsSubclassOf(typeof(FlowSpec)))
            {
                throw new ArgumentException($"{flow} does not derive from FlowSpec.", nameof(flows));
            }

            if (!_flows.TryAdd(flow.Name, flow))
            {
                throw new ArgumentException($"Two flows have the name '{flow.Name}'.", nameof(flows));
            }
        }
    }

    /// <summary>The flow that the first argument names; <see langword="null"/> if none.</summary>
    public Type? Find(IReadOnlyList<string> arguments) =>
        arguments.Count > 0 ? _flows.GetValueOrDefault(arguments[0]) : null;

    /// <summary>Tells which flows there are.</summary>
    /// <returns>The exit code.</returns>
    public int Explain(IReadOnlyList<string> arguments, CliHost host)
    {
        var isAsked = arguments.Count == 0 || arguments[0] is "help" or "--help" or "-h";
        var writer = isAsked ? host.Console.Out : host.Console.Error;
        if (!isAsked)
        {
            FaultReport.WriteBlock(
                writer, $"there is no flow '{arguments[0]}'.{NearestMatch.Hint(arguments[0], _flows.Keys)} The first argument names the flow.");
        }

        writer.WriteLine("This program holds these flows:");
        foreach (var name in _flows.Keys)
        {
            writer.WriteLine($"  {host.Program} {name} run");
        }

        writer.Flush();
        return isAsked ? ExitCodes.Ok : ExitCodes.Usage;
    }
}
