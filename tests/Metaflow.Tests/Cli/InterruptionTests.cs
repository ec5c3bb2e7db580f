using System.Runtime.InteropServices;
using Metaflow.Cli;

namespace Metaflow.Tests.Cli;

public sealed class InterruptionTests
{
    [Fact]
    public void Handle_FirstSignal_CancelsAndSaysSo()
    {
        var notices = new List<string>();
        using var interruption = Interruption.Listen(notices.Add, CancellationToken.None);
        var signal = new PosixSignalContext(PosixSignal.SIGINT);

        interruption.Handle(signal);

        Assert.True(signal.Cancel);
        Assert.True(interruption.Token.IsCancellationRequested);
        Assert.Equal("Interrupted. The tasks that run are being stopped; interrupt again to end at once.", Assert.Single(notices));
    }

    [Fact]
    public void Handle_SecondSignal_EndsTheProcessAtOnce()
    {
        var notices = new List<string>();
        var ended = new List<int>();
        using var interruption = Interruption.Listen(notices.Add, CancellationToken.None, ended.Add);
        interruption.Handle(new(PosixSignal.SIGINT));

        interruption.Handle(new(PosixSignal.SIGTERM));

        Assert.Equal([143], ended);
        Assert.Single(notices);
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    [InlineData(PosixSignal.SIGHUP, 129)]
    public void ExitCode_FirstSignal_IsItsOwn(PosixSignal signal, int expected)
    {
        using var interruption = Interruption.Listen(_ => { }, CancellationToken.None, _ => { });

        interruption.Handle(new(signal));
        interruption.Handle(new(PosixSignal.SIGINT));

        Assert.Equal(expected, interruption.ExitCode);
    }

    [Fact]
    public void Listen_CallersTokenFires_IsPassedOn()
    {
        using var caller = new CancellationTokenSource();
        using var interruption = Interruption.Listen(_ => { }, caller.Token);

        caller.Cancel();

        Assert.True(interruption.Token.IsCancellationRequested);
    }
}
