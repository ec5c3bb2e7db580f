using Metaflow.Client;
using Metaflow.Metadata;
using Metaflow.Tests.Comparison;

namespace Metaflow.Tests.Client;

public sealed class RunTagsTests : IDisposable
{
    private readonly ClientRuns _runs = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Tags_ChangedThroughAClient_AreSeenByAnother()
    {
        await _runs.RunAsync(new ModelFlow(), tags: ["draft"]);
        using var client = _runs.Open();
        var run = client.Run("ModelFlow/1");

        await run.AddTagsAsync(["gut ✓", "user:ada"], Token);
        await run.ReplaceTagsAsync(["draft", "never there"], ["final"], Token);

        Assert.Equal(["final", "gut ✓"], run.Tags);
        using var other = _runs.Open();
        other.Namespace = "gut ✓";
        Assert.Equal(["final", "gut ✓"], other.Run("ModelFlow/1").Tags);
        other.Namespace = "draft";
        Assert.Throws<NamespaceMismatchException>(() => other.Run("ModelFlow/1"));
    }

    [Fact]
    public async Task Tags_OfTheSystem_CannotBeRemoved()
    {
        await _runs.RunAsync(new ModelFlow());
        using var client = _runs.Open();

        var fault = await Assert.ThrowsAsync<MetaflowException>(() => client.Run("ModelFlow/1").RemoveTagsAsync(["user:ada"], Token));

        Assert.Contains("'user:ada' is a tag of the system", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_ChangedByManyAtOnce_AreAllKept()
    {
        await _runs.RunAsync(new ModelFlow());
        var names = Enumerable.Range(0, 40).Select(number => $"t{number:00}").ToList();

        await Parallel.ForEachAsync(names, Token, async (name, token) =>
        {
            using var client = _runs.Open();
            await client.Run("ModelFlow/1").AddTagsAsync([name], token);
        });

        using var reader = _runs.Open();
        Assert.Equal(names, reader.Run("ModelFlow/1").Tags);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(501)]
    public void Apply_TagOfAWrongLength_IsRefused(int length) =>
        Assert.Throws<MetaflowException>(() => new TagChange([], [new('x', length)]).Apply([], []));

    [Fact]
    public void Apply_Removals_GoFirst() => Assert.Equal(["b", "a"], new TagChange(["a"], ["a"]).Apply(["a", "b"], []));

    [Fact]
    public void Apply_Nothing_IsRefused() => Assert.Throws<MetaflowException>(() => new TagChange([], []).Apply(["a"], []));

    [Fact]
    public void Apply_MoreTagsThanARunCanHave_IsRefused() => Assert.Throws<MetaflowException>(
        () => new TagChange([], [.. Enumerable.Range(0, 51).Select(number => $"t{number}")]).Apply([], []));
}
