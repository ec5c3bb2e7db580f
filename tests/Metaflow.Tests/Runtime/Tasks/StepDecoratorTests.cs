using Metaflow.Metadata.Records;
using Metaflow.Runtime;

namespace Metaflow.Tests.Runtime.Tasks;

/// <summary>When the moments of decorators come, and what they can do.</summary>
public sealed partial class StepDecoratorTests : IDisposable
{
    private readonly InProcessRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Moments_StepSucceeds_NestInTheOrderOfTheCode()
    {
        var (result, _) = await _run.RunAsync(new NestedFlow());

        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal(["before A", "before B", "step", "after B", "after A"], _run.Artifact<List<string>>(nameof(NestedFlow), result.RunId, "End", "Trace"));
    }

    [Fact]
    public async Task Skip_InTheMiddle_TellsThoseAroundAndGoesOn()
    {
        var (result, _) = await _run.RunAsync(new SkippedFlow());

        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal(["before A", "skip A: not today"], _run.Artifact<List<string>>(nameof(SkippedFlow), result.RunId, "End", "Trace"));
    }

    [Fact]
    public async Task Skip_StepThatChooses_FailsWithAReason()
    {
        var (result, _) = await _run.RunAsync(new SkippedForEachFlow());

        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.Contains("starts a foreach or chooses where to go", result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnException_GivesTransition_GoesOn()
    {
        var (result, events) = await _run.RunAsync(new HandledFlow());

        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Contains(("Start", AttemptOutcome.Succeeded), events.Finished);
        Assert.Equal(["handled no"], _run.Artifact<List<string>>(nameof(HandledFlow), result.RunId, "End", "Trace"));
    }

    [Fact]
    public async Task RetryOn_OtherException_IsNotRepeatedButCaught()
    {
        var (result, events) = await _run.RunAsync(new RetryOnFlow());

        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal(
            [("Start", AttemptOutcome.WillRetry), ("Start", AttemptOutcome.Caught), ("End", AttemptOutcome.Succeeded)], events.Finished);
        Assert.Equal("System.FormatException", _run.Artifact<CaughtException>(nameof(RetryOnFlow), result.RunId, "End", "Error").Type);
    }

    [AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
    internal sealed class TracedAttribute(string name) : StepDecorator
    {
        public string Name { get; } = name;

        protected internal override ValueTask OnBeforeAsync(StepContext step) => Add(step, $"before {Name}");

        protected internal override ValueTask OnAfterAsync(StepContext step, Transition? transition) => Add(step, $"after {Name}");

        protected internal override ValueTask OnSkipAsync(StepContext step) => Add(step, $"skip {Name}: {step.SkipReason}");

        private static ValueTask Add(StepContext step, string what)
        {
            ((ITraced)step.Flow).Trace.Add(what);
            return default;
        }
    }

    internal sealed class SkipAttribute : StepDecorator
    {
        protected internal override ValueTask OnBeforeAsync(StepContext step)
        {
            step.Skip("not today");
            return default;
        }
    }

    internal sealed class HandleAttribute : StepDecorator
    {
        protected internal override ValueTask<Transition?> OnExceptionAsync(StepContext step, Exception exception)
        {
            ((HandledFlow)step.Flow).Trace = [$"handled {exception.Message}"];
            return new(step.DefaultTransition());
        }
    }

    internal interface ITraced
    {
        List<string> Trace { get; }
    }

    internal sealed partial class NestedFlow : FlowSpec, ITraced
    {
        [Artifact] public partial List<string> Trace { get; set; }

        [Step]
        public Transition Start()
        {
            Trace = [];
            return Next(Middle);
        }

        [Step, Traced("A"), Traced("B")]
        public Transition Middle()
        {
            Trace.Add("step");
            return Next(End);
        }

        [Step]
        public void End() => Trace.ToString();
    }

    internal sealed partial class SkippedFlow : FlowSpec, ITraced
    {
        [Artifact] public partial List<string> Trace { get; set; }

        [Step]
        public Transition Start()
        {
            Trace = [];
            return Next(Middle);
        }

        [Step, Traced("A"), Skip, Traced("B")]
        public Transition Middle() => Current.IsRunning ? throw new InvalidOperationException("skipped, so never thrown") : Next(End);

        [Step]
        public void End() => Trace.ToString();
    }

    internal sealed partial class SkippedForEachFlow : FlowSpec
    {
        [Step, Skip]
        public Transition Start() => NextForEach([1, 2], Work);

        [Step]
        public Transition Work(int item) => Next(Join);

        [Step]
        public Transition Join(JoinInputs<SkippedForEachFlow> inputs) => Next(End);

        [Step]
        public void End()
        {
        }
    }

    internal sealed partial class HandledFlow : FlowSpec
    {
        [Artifact] public partial List<string> Trace { get; set; }

        [Step, Handle]
        public Transition Start() => Current.IsRunning ? throw new InvalidOperationException("no") : Next(End);

        [Step]
        public void End() => Console.WriteLine(Trace);
    }

    internal sealed partial class RetryOnFlow : FlowSpec
    {
        [Artifact] public partial CaughtException? Error { get; set; }

        [Step, Retry(Times = 4, On = [typeof(IOException)]), Catch(Var = nameof(Error))]
        public Transition Start() =>
            Current.RetryCount == 0 ? throw new FileNotFoundException("again, please")
            : Current.RetryCount > 0 ? throw new FormatException("no use")
            : Next(End);

        [Step]
        public void End() => Console.WriteLine(Error);
    }
}
