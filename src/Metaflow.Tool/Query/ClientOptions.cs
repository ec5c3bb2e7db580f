using System.CommandLine;
using Metaflow.Client;
using Metaflow.Configuration;

namespace Metaflow.Tool.Query;

/// <summary>The options of the commands that read runs, and the client that they name.</summary>
internal static class ClientOptions
{
    private static readonly Option<string?> Namespace = new("--namespace")
    {
        Description = "See only runs with this tag. Default: METAFLOW_DEFAULT_NAMESPACE, or user: and your name.", HelpName = "tag",
    };

    private static readonly Option<bool> Global = new("--global", "-g") { Description = "See the runs of everybody." };

    /// <summary>Adds them to a command.</summary>
    public static void AddTo(Command command)
    {
        command.Options.Add(Namespace);
        command.Options.Add(Global);
    }

    /// <summary>Opens the store.</summary>
    public static MetaflowClient Open(ParseResult parsed) =>
        Open(StoreOptions.Find(parsed), parsed.GetValue(Namespace), parsed.GetValue(Global));

    /// <summary>Opens a store.</summary>
    /// <param name="root">Its directory.</param>
    /// <param name="seen">The namespace; <see langword="null"/> for the usual one.</param>
    /// <param name="isGlobal">Whether all runs are seen.</param>
    public static MetaflowClient Open(string root, string? seen, bool isGlobal)
    {
        var client = MetaflowClient.Open(root, MachineEnvironment.Current, TimeProvider.System);
        client.Namespace = isGlobal ? null : seen ?? client.Namespace;
        return client;
    }

    /// <summary>What is not in an answer, and how to see it.</summary>
    public static IEnumerable<string> Remarks(MetaflowClient client, bool isEmpty)
    {
        foreach (var fault in client.UnreadableRuns.Take(5))
        {
            yield return $"left out: {fault.Message}";
        }

        if (isEmpty && client.Namespace is { } seen)
        {
            yield return $"Nothing in the namespace '{seen}'. --global looks at the runs of everybody.";
        }
    }
}
