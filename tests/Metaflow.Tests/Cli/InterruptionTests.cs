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
    public void Handle_SecondSignal_LetsTheProcessEnd()
    {
        var notices = new List<string>();
        using var interruption = Interruption.Listen(notices.Add, CancellationToken.None);
        interruption.Handle(new(PosixSignal.SIGINT));
        var second = new PosixSignalContext(PosixSignal.SIGINT);

        interruption.Handle(second);

        Assert.False(second.Cancel);
        Assert.Single(notices);
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
