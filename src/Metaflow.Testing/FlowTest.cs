using System.Linq.Expressions;
using System.Reflection;
using Metaflow.Artifacts;
using Metaflow.Definitions;
using Metaflow.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Metaflow.Testing;

/// <summary>
/// Runs a flow, or one of its steps, in memory: with the decorators, the artifacts stored and read back, retries and joins as
/// in a run, but with a clock, services and faults of the test. Use one object per test.
/// </summary>
/// <typeparam name="TFlow">The flow.</typeparam>
public sealed partial class FlowTest<TFlow>
    where TFlow : FlowSpec
{
    private readonly FlowDefinition _definition = FlowRegistry.Get(typeof(TFlow));
    private readonly Dictionary<string, StepInvoker> _replaced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Func<BlobStore, ArtifactContent>> _artifacts = new(StringComparer.Ordinal);
    private readonly List<Action<FlowSpec>> _parameters = [];
    private readonly List<GivenInput> _inputs = [];
    private readonly TFlow? _given;
    private Action<IForEachItemSink>? _item;
    private (int Index, int Count) _place = (0, 1);
    private ServiceProvider? _services;

    /// <summary>Prepares a test.</summary>
    /// <param name="given">
    /// A flow object with the values of parameters and artifacts that a step is given: <c>new MyFlow { Top = 3, Rows = rows }</c>.
    /// Default: a new one.
    /// </param>
    public FlowTest(TFlow? given = null)
    {
        _given = given;
        Faults = new(Clock);
        if (given is not null)
        {
            Take(given, _artifacts);
        }
    }

    /// <summary>The services that the flow's constructor takes: add fakes before anything is run.</summary>
    public IServiceCollection Services { get; } = new ServiceCollection();

    /// <summary>The clock. Delays pass at once; time passes otherwise only when the test or a step moves it.</summary>
    public TestClock Clock { get; } = new();

    /// <summary>What goes wrong.</summary>
    public FaultPlan Faults { get; }

    /// <summary>How many tasks of a whole flow run side by side. Default: 1, so that tasks come in a certain order.</summary>
    public int MaxWorkers { get; init; } = 1;

    /// <summary>The tags that <see cref="Current.Tags"/> shows.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Who starts the run, as <see cref="Current.UserName"/> shows. Default: <c>tester</c>.</summary>
    public string UserName { get; init; } = "tester";

    /// <summary>
    /// For a flow in a project, see <see cref="ProjectAttribute"/>: what <see cref="Current.BranchName"/> shows, <c>prod</c> for example.
    /// Default: the user's own branch.
    /// </summary>
    public string? BranchName { get; init; }

    /// <summary>Decorators added to every step that does not have them, as <c>--with</c> takes them.</summary>
    public IReadOnlyList<string> With { get; init; } = [];

    private IReadOnlyList<string> SystemTags =>
        _definition.Project is { } project ? new ProjectBranch(project.Name, BranchName ?? $"user.{UserName}").Tags : [];

    /// <summary>Sets a parameter, or an artifact that a step is given.</summary>
    /// <typeparam name="T">The property's type.</typeparam>
    /// <param name="member">The property: <c>flow => flow.Top</c>.</param>
    /// <param name="value">Its value.</param>
    /// <returns>This object.</returns>
    /// <exception cref="ArgumentException">It is neither a parameter nor an artifact.</exception>
    public FlowTest<TFlow> Set<T>(Expression<Func<TFlow, T>> member, T value)
    {
        ArgumentNullException.ThrowIfNull(member);
        var name = ((member.Body as MemberExpression)?.Member as PropertyInfo)?.Name
            ?? throw new ArgumentException($"'{member}' does not name a property. Write flow => flow.Name.", nameof(member));
        if (_definition.Parameters.FirstOrDefault(known => known.Name == name) is ParameterDefinition<T> parameter)
        {
            _parameters.Add(flow => parameter.Set(flow, value));
        }
        else if (_definition.Artifacts.Any(known => known.Name == name))
        {
            _artifacts[name] = value is IncludedFile file ? File(name, file) : Copy(ArtifactCodec.Encode(name, value));
        }
        else
        {
            throw new ArgumentException($"'{name}' is neither a parameter nor an artifact of {_definition.Name}.", nameof(member));
        }

        return this;
    }

    /// <summary>Sets the item of the foreach that a step is in.</summary>
    /// <typeparam name="T">The item's type.</typeparam>
    /// <param name="item">The item.</param>
    /// <param name="index">Its position.</param>
    /// <param name="count">How many items there are.</param>
    /// <returns>This object.</returns>
    public FlowTest<TFlow> Item<T>(T item, int index = 0, int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(count, index);
        _item = sink => sink.Add(item);
        _place = (index, count);
        return this;
    }

    /// <summary>Adds a branch of a split into steps that a join unites.</summary>
    /// <param name="step">The branch's last step: <c>nameof(MyFlow.TrainForest)</c>.</param>
    /// <param name="view">A flow object with the artifacts of the branch.</param>
    /// <returns>This object.</returns>
    public FlowTest<TFlow> Branch(string step, TFlow view)
    {
        ArgumentNullException.ThrowIfNull(view);
        RequireStep(step);
        _inputs.Add(GivenInput.Of(view, step, null));
        return this;
    }

    /// <summary>Adds a branch of a foreach that a join unites.</summary>
    /// <typeparam name="T">The item's type.</typeparam>
    /// <param name="view">A flow object with the artifacts of the branch.</param>
    /// <param name="item">The branch's item.</param>
    /// <returns>This object.</returns>
    public FlowTest<TFlow> Input<T>(TFlow view, T item)
    {
        ArgumentNullException.ThrowIfNull(view);
        _inputs.Add(GivenInput.Of(view, _definition.Steps[0].Name, sink => sink.Add(item)));
        return this;
    }

    /// <summary>Runs something else instead of a step's method.</summary>
    /// <param name="step">The step: <c>nameof(MyFlow.Train)</c>.</param>
    /// <param name="body">
    /// Gets the flow object and returns the transition, best that of another method of the flow; <see langword="null"/> for the
    /// last step.
    /// </param>
    /// <returns>This object.</returns>
    public FlowTest<TFlow> Replace(string step, Func<TFlow, Transition?> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        RequireStep(step);
        _replaced[step] = (flow, _) => ValueTask.FromResult(body((TFlow)flow));
        return this;
    }

    private static void Take(TFlow given, Dictionary<string, Func<BlobStore, ArtifactContent>> artifacts)
    {
        foreach (var slot in given.ArtifactTable.Slots)
        {
            artifacts[slot.Name] = slot is ArtifactSlot<IncludedFile> { Value: { } file } ? File(slot.Name, file) : Copy(slot.Encode());
        }
    }

    /// <summary>Encoded bytes may point into the value, which the test may change.</summary>
    private static Func<BlobStore, ArtifactContent> Copy(ArtifactContent content)
    {
        content = content with { Bytes = new(System.Buffers.BuffersExtensions.ToArray(content.Bytes)) };
        return _ => content;
    }

    private static Func<BlobStore, ArtifactContent> File(string name, IncludedFile file) => blobs => IncludedFileContent.Keep(name, file, blobs);

    private void RequireStep(string step)
    {
        if (!_definition.Steps.Any(known => known.Name == step))
        {
            throw new ArgumentException(
                $"Flow {_definition.Name} has no step '{step}'. It has: {string.Join(", ", _definition.Steps.Select(known => known.Name))}.", nameof(step));
        }
    }

    /// <summary>The flow as the test wants it: with fakes and faults in the place of methods.</summary>
    private FlowDefinition Prepared() => _definition.Wrap(step => (flow, arguments) =>
    {
        Faults.BeforeStep(flow, step);
        return (_replaced.GetValueOrDefault(step.Name) ?? step.Invoke)(flow, arguments);
    });

    private ServiceProvider? Provider() => _definition.NeedsServices ? _services ??= Services.BuildServiceProvider() : null;

    /// <summary>A flow object that holds the parameters.</summary>
    private FlowSpec Parameters()
    {
        var flow = _given ?? _definition.Create(Provider());
        _parameters.ForEach(set => set(flow));
        return flow;
    }

    /// <summary>A branch of a join.</summary>
    private sealed record GivenInput(string Step, Dictionary<string, Func<BlobStore, ArtifactContent>> Artifacts, Action<IForEachItemSink>? Item)
    {
        public static GivenInput Of(TFlow view, string step, Action<IForEachItemSink>? item)
        {
            var artifacts = new Dictionary<string, Func<BlobStore, ArtifactContent>>(StringComparer.Ordinal);
            Take(view, artifacts);
            return new(step, artifacts, item);
        }
    }
}
