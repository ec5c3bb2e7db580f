namespace Metaflow.Architecture.Tests;

/// <summary>The rooms of the library (folders of src/Metaflow) and the arrows between them, which only point down.</summary>
public sealed class RoomTests
{
    private const string Entry = "Entry";

    /// <summary>Each room and the rooms that it may use. A room that is not listed here may not exist.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        // The graph's model and rules are compiled into the generator too, so they know nothing else.
        ["Graph"] = [],
        ["Primitives"] = [],
        ["Storage"] = ["Primitives"],
        ["Provenance"] = ["Primitives", "Storage"],
        ["Artifacts"] = ["Primitives", "Storage"],
        ["Cards"] = ["Primitives", "Graph", "Storage", "Artifacts"],
        ["Authoring"] = ["Primitives", "Graph", "Storage", "Artifacts", "Cards"],
        ["Configuration"] = ["Primitives", "Provenance", "Storage", "Authoring"],
        ["Metadata"] = ["Primitives", "Provenance", "Storage", "Artifacts", "Authoring", "Graph", "Cards"],
        ["Runtime"] = ["Primitives", "Provenance", "Storage", "Artifacts", "Authoring", "Metadata", "Graph", "Cards"],
        ["Housekeeping"] = ["Primitives", "Provenance", "Storage", "Artifacts", "Authoring", "Metadata"],
        ["Client"] = ["Primitives", "Provenance", "Storage", "Artifacts", "Authoring", "Configuration", "Metadata", "Graph", "Cards"],
        ["Signing"] = ["Primitives", "Storage", "Artifacts", "Authoring", "Metadata", "Housekeeping", "Client"],
        ["Comparison"] = ["Primitives", "Provenance", "Storage", "Artifacts", "Authoring", "Metadata", "Graph", "Client"],
        ["Reproduction"] = ["Primitives", "Provenance", "Storage", "Artifacts", "Authoring", "Configuration", "Metadata", "Client", "Comparison"],
        ["Events"] = ["Primitives", "Metadata", "Runtime", "Client"],
        ["Cli"] = ["Primitives", "Provenance", "Storage", "Artifacts", "Authoring", "Configuration", "Metadata", "Graph", "Runtime", "Client", "Cards", "Events"],
        ["Running"] = ["Primitives", "Provenance", "Authoring", "Configuration", "Runtime", "Client", "Events", "Cli"],
        [Entry] = ["Primitives", "Authoring", "Configuration", "Runtime", "Cli"],
    };

    /// <summary>The entry point is written beside the flow's base class, where a reader looks for it, but stands above all rooms.</summary>
    private static readonly string[] EntryFiles = ["Authoring/Flow.cs", "Authoring/FlowApplication.cs", "Authoring/FlowApplicationBuilder.cs", "Cli/DefaultServices.cs"];

    /// <summary>
    /// Arrows that still point up: a room, the file above it that it uses, and what would turn the arrow. The list may only
    /// become shorter.
    /// </summary>
    private static readonly Dictionary<(string Room, string DeclaredIn), string> Debts = new()
    {
        [("Artifacts", "Authoring/ArtifactSerializers.cs")] = "The contract belongs beside the serializers.",
        [("Artifacts", "Authoring/Parameters/IncludedFile.cs")] = "A stored type belongs beside its serializer.",
        [("Artifacts", "Authoring/FlowSpec.cs")] = "Types that are never stored could carry a mark from Primitives.",
        [("Artifacts", "Authoring/Transition.cs")] = "Types that are never stored could carry a mark from Primitives.",
        [("Artifacts", "Authoring/Current.cs")] = "Types that are never stored could carry a mark from Primitives.",
        [("Artifacts", "Authoring/JoinInputs.cs")] = "Types that are never stored could carry a mark from Primitives.",
        [("Authoring", "Configuration/OptionVariables.cs")] = "A rule of names: Primitives.",
    };

    [Fact]
    public void Source_EveryReferenceBetweenRooms_IsInTheTable()
    {
        var wrong = Crossings()
            .Where(crossing => !IsAllowed(crossing) && !Debts.ContainsKey((RoomOf(crossing.File), crossing.DeclaredIn)))
            .GroupBy(crossing => (crossing.File, crossing.DeclaredIn))
            .Select(group => $"{group.Key.File} (lines {string.Join(", ", group.Select(use => use.Line).Distinct().Take(5))}) uses {group.Key.DeclaredIn}");

        Faults.None(wrong);
    }

    [Fact]
    public void Debts_EachOfThem_StillExists()
    {
        var crossings = Crossings().Where(crossing => !IsAllowed(crossing)).Select(crossing => (RoomOf(crossing.File), crossing.DeclaredIn)).ToHashSet();

        Faults.None(Debts.Keys.Except(crossings).Select(debt => $"{debt} is paid; remove it from the list"));
    }

    [Fact]
    public void Source_EveryFolder_IsARoom()
    {
        var folders = Repository.Under("src/Metaflow", ".cs").Select(file => file.Split('/')[2]).Distinct();

        Faults.None(folders.Except(Allowed.Keys));
    }

    [Fact]
    public void Table_Arrows_HaveNoCycle()
    {
        var done = new HashSet<string>();
        while (Allowed.FirstOrDefault(room => !done.Contains(room.Key) && room.Value.All(done.Contains)) is { Key: { } next })
        {
            done.Add(next);
        }

        Faults.None(Allowed.Keys.Except(done));
    }

    [Fact]
    public void Names_InTheLibrary_AreResolved()
    {
        // Without this the other tests could pass because nothing was understood.
        Assert.Contains(SourceModel.Instance.Uses, use => use.File == "Authoring/FlowSpec.cs" && use.DeclaredIn == "Authoring/Transition.cs");
        Assert.Contains(SourceModel.Instance.Uses, use => use.File.StartsWith("Runtime/", StringComparison.Ordinal) && use.DeclaredIn?.StartsWith("Storage/", StringComparison.Ordinal) == true);
    }

    private static bool IsAllowed(Crossing crossing) => Allowed.GetValueOrDefault(RoomOf(crossing.File), []).Contains(RoomOf(crossing.DeclaredIn));

    private static IEnumerable<Crossing> Crossings() =>
        from use in SourceModel.Instance.Uses
        let declaredIn = use.DeclaredIn
        where declaredIn is not null && RoomOf(use.File) != RoomOf(declaredIn)
        select new Crossing(use.File, use.Line, declaredIn);

    private static string RoomOf(string file) => EntryFiles.Contains(file) ? Entry : file.Split('/')[0];

    private sealed record Crossing(string File, int Line, string DeclaredIn);
}
