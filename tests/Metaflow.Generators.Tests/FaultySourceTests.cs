using Metaflow.Generators.Tests.Rules;

namespace Metaflow.Generators.Tests;

/// <summary>While code is typed it is mostly wrong; generator and analyzer must live with that.</summary>
public sealed class FaultySourceTests
{
    private const int Cuts = 6;

    public static TheoryData<string, string> Sources => [.. ValidFlowTests.Shapes, .. TrickyFlows.All];

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Run_SourceWithAPieceMissing_DoesNotFail(string shape, string source)
    {
        for (var i = 1; i <= Cuts; i++)
        {
            // Off the end of words and lines, and a different place for each flow.
            var start = (source.Length * i / (Cuts + 1)) + (shape.Length % 5);
            var length = Math.Min((i % 3 * 9) + 1, source.Length - start);
            foreach (var faulty in new[] { source[..start], source.Remove(start, length) })
            {
                var compiled = Compiled.From(faulty);

                Assert.Null(compiled.Driver.GetRunResult().Results.Single().Exception);
                _ = await compiled.AnalyzeAsync();
            }
        }
    }
}
