using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Architecture.Tests;

/// <summary>What every test keeps to.</summary>
public sealed class TestRuleTests
{
    private static readonly string[] Waits = ["Thread.Sleep", "Task.Delay", "SpinWait.SpinUntil"];

    [Fact]
    public void Test_Waiting_IsNeverSleeping()
    {
        var sleeps =
            from file in Repository.Under("tests", ".cs")
            from access in CSharpSyntaxTree.ParseText(Repository.Read(file)).GetRoot().DescendantNodes().OfType<MemberAccessExpressionSyntax>()
            where Waits.Any(wait => access.ToString() == wait || access.ToString().EndsWith("." + wait, StringComparison.Ordinal))
            where access.Parent is not InvocationExpressionSyntax { ArgumentList.Arguments: [var duration, ..] } || duration.ToString() != "Timeout.Infinite"
            select $"{file}:{access.GetLocation().GetLineSpan().StartLinePosition.Line + 1} sleeps; wait for what the test is about";

        Faults.None(sleeps);
    }

    /// <summary>Explicit tests are not run by name: they are the programs that other tests start.</summary>
    [Fact]
    public void Test_Name_SaysWhatAndOutcome()
    {
        var wrong =
            from file in Repository.Under("tests", ".cs")
            from method in CSharpSyntaxTree.ParseText(Repository.Read(file)).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
            where method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() is "Fact" or "Theory" && !attribute.ToString().Contains("Explicit", StringComparison.Ordinal))
            where !method.Identifier.Text.Contains('_')
            select $"{file}: {method.Identifier.Text}";

        Faults.None(wrong);
    }
}
