using System.Buffers;
using Metaflow.Artifacts;
using Metaflow.Metadata.Records;
using Metaflow.Provenance;
using Metaflow.Storage;

namespace Metaflow.Tests.Metadata.Records;

/// <summary>Sound records with every field in use.</summary>
internal static class RecordSamples
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static byte[] Claim => new RunClaim("F", "ada", Noon, "7", 3).Write();

    public static byte[] Finished => new RunFinishedRecord("failed", Noon, 12, "It broke.").Write();

    public static byte[] Tags => new TagsRecord(["x", "größer"], "bob", Noon).Write();

    public static ProvenanceRecord Provenance => new()
    {
        Taken = Noon, Kind = SourceKind.File, Entry = "samples/hello.cs", Root = "/home/ada/flows", Remarks = ["1 are links and were not followed: a"],
        Outside = ["src/Metaflow/Metaflow.csproj"], HasAllPackages = true, IsFromCode = true,
        Git = new() { Commit = "262af992f0b4125da17bdfc09b8f8f1fa74d1b94", Branch = "main", Changed = ["samples/hello.cs"], DiffSize = 7, Diff = ContentHash.Of("a diff."u8) },
        Files = [new("samples/größer.cs", 5, ContentHash.Of("first"u8), true), new("samples/hello.cs", 6, ContentHash.Of("second"u8), false)],
        Environment = new()
        {
            Metaflow = "1.0.0", Runtime = ".NET 10.0.5", Sdk = "10.0.401", Configuration = "Debug", RuntimeIdentifier = "linux-x64", OperatingSystem = "Linux",
            Processor = "A processor", ProcessorFeatures = ["avx2", "fma"], Processors = 8, MemoryBytes = 1L << 34, Culture = "de-DE", UICulture = "en",
            IsInvariantGlobalization = true, TimeZone = "Europe/Berlin", IsServerGarbageCollection = true, Host = "host", Program = "/bin/hello",
            WorkingDirectory = "/home/ada", Variables = new Dictionary<string, string> { ["TZ"] = "Europe/Berlin" },
            Packages = [new("Markdig", "1.6.0", PackageKind.Package, "c2hh"), new("Metaflow", "1.0.0", PackageKind.Project, null), new("Pack", "10.0.1", PackageKind.Download, null)],
        },
    };

    public static byte[] Code => new CodeRecord
    {
        FlowClass = "Team.F",
        Foundation = new Dictionary<string, string> { ["runtime"] = ".NET 10.0.0", ["de/größe.dll"] = "12ab" },
        Externals = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["Work"] = new Dictionary<string, string> { ["file data.csv"] = "34cd", ["version"] = "1" },
        },
    }.Write();

    public static RunReproduction Reproduction => new()
    {
        Started = Noon, User = "bob", Host = "host", Verdict = ReproductionVerdict.Different, Tolerance = 1e-9, Run = "F/1", Store = "/s/.metaflow_reproduced",
        Remarks = ["the runtime was .NET 10.0.5, and is .NET 10.0.6 here"], Identical = 3, Equal = 1, Different = 1,
        Artifacts = [new("Train", "Score", VerdictKind.Different, 3, 2) { FirstDifference = "$: 1.5 → 2.5", Example = "F/7/Train/2/Score" }, new("End", "Model", VerdictKind.Identical, 1, 0)],
    };

    public static byte[] LogHeader => LogBlock.Header(new(1, 0, "Work")).ToArray();

    public static byte[] Adopted => AdoptedRecord.Write([new(1, 16), new(1, 300), new(1, 70_000), new(2, 16)]);

    public static byte[] ForEachItems
    {
        get
        {
            var table = new ForEachItemTable.Builder();
            table.Add("first");
            table.Add(12.5);
            table.Add(new List<int> { 1, 2, 3 });
            return table.Build();
        }
    }

    public static byte[] Log
    {
        get
        {
            var block = new LogBlock();
            block.Add(Noon, LogStream.Out, "one"u8);
            block.Add(Noon.AddSeconds(1), LogStream.Error, "naïve €"u8);
            block.Add(Noon.AddSeconds(2), LogStream.Out, []);
            return block.Bytes.ToArray();
        }
    }

    public static byte[] Started(string graph) => new RunStartedRecord
    {
        FlowName = "F", RunId = "1", Started = Noon, UserName = "ada", Namespace = "user:ada", OriginRunId = "7", Tags = ["x", "y"],
        SystemTags = ["user:ada"], CommandLine = ["run", "--top", "3"], With = ["retry:times=2"], ParameterNames = ["Top"], Seed = 12345, Graph = graph,
    }.Write();

    public static byte[] Attempt(long task, RecordAddress parent, int dataLength, IReadOnlyList<RecordAddress> logs) => new AttemptRecord
    {
        TaskId = task, Step = "Work", Attempt = 0, Outcome = AttemptOutcome.Caught, StartedMicros = 5, FinishedMicros = 9, ProcessId = 77,
        Parent = parent, ParentTask = task - 1, DataLength = dataLength, Logs = logs,
        Stack = [new("Start", 1, parent, true, 2, 5, "Work", "third"), new("Work", 2, parent, false, 0, 2, "Left", "")],
        Why = "since run 3 code has changed: Scoring.Rate", ReusedFrom = "F/3/Work/17",
        Error = new("System.InvalidOperationException", "It broke.", "at Work()"),
    }.Write().ToArray();

    public static byte[] Data(RecordAddress from)
    {
        var items = ForEachItems;
        return new TaskData
        {
            Base = from,
            Depth = 1,
            Artifacts =
            [
                Inline("Name", "json", "\"value\""u8.ToArray()),
                Inline("Text", "text", "text"u8.ToArray()),
                new("Large", "npy", 1_000_000, ContentHash.Of(new ReadOnlySequence<byte>([1]))),
            ],
            Own = 2,
            Next = new(TransitionKind.ForEach, ["Work"], 3, Inline("items", "text,json", items)),
            Inputs = [new("table:films", "7"), new("größer", "naïve")],
        }.Write();
    }

    private static StoredArtifact Inline(string name, string encoding, byte[] content) =>
        new(name, encoding, content.Length, ContentHash.Of(new ReadOnlySequence<byte>(content)), content);
}
