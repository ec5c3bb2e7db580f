namespace Metaflow.Tests.Authoring.Decorators;

public sealed class RetryAttributeTests
{
    private static readonly CaughtException Crash = new("killed", "The process was killed.", null);

    [Theory]
    [InlineData(0, 0, 2)]
    [InlineData(1, 0, 6)]
    [InlineData(2, 0, 10)]
    [InlineData(3, 0, 10)]
    [InlineData(0, 0.5, 1.5)]
    [InlineData(3, 0.5, 7.5)]
    public void RetryAfter_Backoff_GrowsToItsLimitAndIsSpread(int attempt, double random, double seconds)
    {
        var decorator = new RetryAttribute { Times = 4, DelaySeconds = 2, BackoffFactor = 3, MaxDelaySeconds = 10, Jitter = 0.5 };

        Assert.Equal(TimeSpan.FromSeconds(seconds), decorator.RetryAfter(new(attempt, Crash, null, random)));
    }

    [Fact]
    public void RetryAfter_On_FollowsInheritanceAndLeavesCrashesOut()
    {
        var decorator = new RetryAttribute { On = [typeof(IOException)] };

        Assert.NotNull(decorator.RetryAfter(new(0, Crash, new EndOfStreamException(), 0)));
        Assert.Null(decorator.RetryAfter(new(0, Crash, new FormatException(), 0)));
        Assert.Null(decorator.RetryAfter(new(0, Crash, null, 0)));
        Assert.NotNull(new RetryAttribute().RetryAfter(new(0, Crash, null, 0)));
        Assert.Null(new RetryAttribute { Times = 1 }.RetryAfter(new(1, Crash, null, 0)));
    }
}
