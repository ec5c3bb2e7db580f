using Metaflow.Client;

namespace Metaflow.Tool.Query;

/// <summary>What a task left, or with what a run began.</summary>
internal sealed class ArtifactsQuery : StoreQuery
{
    private const int UsualValueSize = 1_000;
    private const int LargestValueSize = 1 << 20;

    public override string Name => "artifacts";

    public override string Description =>
        "List the artifacts of a task with their values, as far as those are small. Of a step with one task it lists that task's; of a run the "
        + "parameters and what the last step left.";

    public override IReadOnlyList<QueryArgument> Arguments { get; } =
    [
        Path("A run, a step with one task, a task, or an artifact of a task.", "FLOW/RUN[/STEP[/TASK[/NAME]]]", isRequired: true),
        new("name", ArgumentType.Texts, "Only this artifact. May be repeated.") { ValueName = "name" },
        new("max-value-size", ArgumentType.Number, $"The largest value to give, in bytes, up to {LargestValueSize}. Default: {UsualValueSize}.") { ValueName = "bytes" },
        Limit(), After("this name"),
    ];

    public override IReadOnlyList<QueryColumn> Columns { get; } =
        [Column("NAME", "name"), Column("KIND", "kind"), Column("ENCODING", "encoding"), Column("SIZE", "size"), new("VALUE", item => FirstLine(item["text"]))];

    public override QueryPage Ask(MetaflowClient client, QueryArguments arguments, CancellationToken cancellationToken)
    {
        var size = arguments.Number("max-value-size", UsualValueSize, 0, LargestValueSize);
        var names = arguments.All("name");
        var after = arguments.Text("after");
        var found = Find(client, arguments.Required("path"))
            .Where(artifact => names.Count == 0 || names.Contains(artifact.Artifact.Name, StringComparer.OrdinalIgnoreCase))
            .ToList();
        if (names.FirstOrDefault(name => !found.Any(artifact => artifact.Artifact.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) is { } missing)
        {
            var known = Find(client, arguments.Required("path")).Select(artifact => artifact.Artifact.Name).ToList();
            throw new ObjectNotFoundException(
                $"{arguments.Required("path")} has no artifact '{missing}'.{NearestMatch.Hint(missing, known)} It has {string.Join(", ", known.Take(20))}.",
                $"{arguments.Required("path")}/{missing}");
        }

        var rest = after is null ? found : [.. found.SkipWhile(artifact => artifact.Artifact.Name != after).Skip(1)];
        return QueryPage.Of(rest, LimitOf(arguments), item => QueryDocuments.Of(item.Artifact, item.Kind, size), item => item.Artifact.Name);
    }

    private static IReadOnlyList<(ArtifactReference Artifact, string Kind)> Find(MetaflowClient client, string path)
    {
        var parts = path.Trim('/').Split('/');
        switch (parts.Length)
        {
            case 3:
                return Of(ObjectFinder.Step(client, path).SingleTask());
            case 4:
                return Of(ObjectFinder.Task(client, path));
            case 5:
                return [(ObjectFinder.Artifact(ObjectFinder.Task(client, string.Join('/', parts[..4])), parts[4]), "artifact")];
            default:
                var run = ObjectFinder.Run(client, path);
                return [.. run.Parameters.Select(parameter => (parameter, "parameter")), .. run.EndTask is { } end ? Of(end) : []];
        }
    }

    private static IReadOnlyList<(ArtifactReference Artifact, string Kind)> Of(TaskReference task) =>
        [.. task.Artifacts.Select(artifact => (artifact, "artifact"))];
}
