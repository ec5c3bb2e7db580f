using System.Text.Json;
using Metaflow.Graph;
using static Metaflow.Tests.Graph.Graphs;

namespace Metaflow.Tests.Graph;

public sealed class GraphViewTests
{
    private static readonly FlowGraph Sample = Flow(
        Step("Start", "foreach Rank") with { Doc = "Splits the table." },
        Step("Rank", "Gather") with
        {
            Decorators =
            [
                new("Retry", "Retry(Times = 2)") { Arguments = [new("Times", "2")] },
                new("Environment", "Environment(\"A\", \"{x|y}\")"),
            ],
        },
        Join("Gather", "Train, Test"),
        Step("Train", "Unite", "Train"),
        Step("Test", "Unite"),
        Join("Unite", "End"),
        End()) with
    { Doc = "Ranks films.", Location = new("genres.cs", 3, 1, 3, 2), Artifacts = [new("Best", "List<string>")] };

    [Fact]
    public void Text_OfFlow_ShowsEachStepInOrder()
    {
        Assert.Equal(
            """

            Ranks films.

            Step Start
                Splits the table.
                => Rank (foreach int)

            @Retry(Times = 2)
            @Environment("A", "{x|y}")
            Step Rank
                ?
                => Gather

            Step Gather
                ?
                => Train, Test

            Step Train
                ?
                => Unite | Train (switch)

            Step Test
                ?
                => Unite

            Step Unite
                ?
                => End

            Step End
                ?


            """.ReplaceLineEndings("\n"),
            GraphText.Render(Sample));
    }

    [Fact]
    public void Dot_OfFlow_IsADigraph()
    {
        Assert.Equal(
            """
            digraph "F" {
              rankdir=LR;
              node [shape=record, fontname="Helvetica", fontsize=12];
              edge [fontname="Helvetica", fontsize=10];
              "Start" [label="{Start}", tooltip="Splits the table."];
              "Rank" [label="{Rank|@Retry(Times = 2)|@Environment(\"A\", \"\{x\|y\}\")}"];
              "Gather" [label="{Gather}"];
              "Train" [label="Train", shape=hexagon, style=filled, fillcolor="lightgreen"];
              "Test" [label="{Test}"];
              "Unite" [label="{Unite}"];
              "End" [label="{End}"];
              "Start" -> "Rank" [label="foreach int"];
              "Rank" -> "Gather";
              "Gather" -> "Train";
              "Gather" -> "Test";
              "Train" -> "Unite" [label="switch", color=blue, fontcolor=blue];
              "Train" -> "Train" [label="switch", color=blue, fontcolor=blue];
              "Test" -> "Unite";
              "Unite" -> "End";
            }

            """.ReplaceLineEndings("\n"),
            GraphDot.Render(Sample));
    }

    [Fact]
    public void Json_OfFlow_HasStepsWithTheirTransitions()
    {
        var json = Json(Sample);

        Assert.Equal("Start", json.GetProperty("startStep").GetString());
        Assert.Equal(3, json.GetProperty("line").GetInt32());
        Assert.Equal("List<string>", json.GetProperty("artifacts")[0].GetProperty("type").GetString());
        var steps = json.GetProperty("steps").EnumerateArray().ToDictionary(step => step.GetProperty("name").GetString()!);
        Assert.Equal("split-foreach", steps["Start"].GetProperty("kind").GetString());
        Assert.Equal("Gather", steps["Start"].GetProperty("matchingJoin").GetString());
        Assert.Equal("int", steps["Start"].GetProperty("transitions")[0].GetProperty("itemType").GetString());
        Assert.Equal("2", steps["Rank"].GetProperty("decorators")[0].GetProperty("arguments").GetProperty("Times").GetString());
        Assert.Equal(["Start"], steps["Rank"].GetProperty("splitParents").EnumerateArray().Select(name => name.GetString()));
    }

    private static JsonElement Json(FlowGraph graph)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            GraphJson.WriteMembers(writer, graph);
            writer.WriteEndObject();
        }

        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }
}
