using System.Runtime.CompilerServices;
using Metaflow.Artifacts;

namespace Metaflow;

/// <summary>
/// Base class of every flow. A flow is a <c>partial</c> class whose methods marked with <see cref="StepAttribute"/> are
/// the steps; each step but the last returns the <see cref="Transition"/> to the next one.
/// </summary>
/// <remarks>
/// A flow object also works without any runtime: <c>new MyFlow().Start()</c> runs the step as a plain method, keeps
/// artifacts in memory and returns the transition for a test to look at.
/// </remarks>
public abstract class FlowSpec
{
    private TaskScope? _scope;

    /// <summary>Facts about the task that is running: its names, attempt, tags, cancellation token, scratch directory.</summary>
    public Current Current => Scope.Current;

    /// <summary>Zero-based position in the innermost foreach, or <see langword="null"/> outside one.</summary>
    public int? Index => Scope.Index;

    /// <summary>The foreach frames around this task, outermost first; empty outside a foreach.</summary>
    public IReadOnlyList<ForEachFrame> ForEachStack => Scope.ForEachStack;

    /// <summary>The artifacts of this task and how they are read and tracked.</summary>
    internal ArtifactTable ArtifactTable => Scope.Artifacts;

    private TaskScope Scope => _scope ??= TaskScope.Detached(this);

    /// <summary>The item of the innermost foreach that this task works on.</summary>
    /// <typeparam name="T">The item's type, as the step that the foreach leads to declares it.</typeparam>
    /// <exception cref="InvalidOperationException">The task is not inside a foreach.</exception>
    public T Input<T>() => Scope.Input<T>();

    /// <summary>Leads to one step. Use it in the <c>return</c> statement: <c>return Next(Train);</c>.</summary>
    /// <param name="step">A step of this flow, named directly.</param>
    protected static Transition Next(Delegate step) => Transition.To(step);

    /// <summary>
    /// Splits into branches that run side by side until one join step unites them:
    /// <c>return Next(TrainLinear, TrainForest);</c>.
    /// </summary>
    /// <param name="first">The first branch's first step.</param>
    /// <param name="second">The second branch's first step.</param>
    /// <param name="more">The first steps of further branches.</param>
    protected static Transition Next(Delegate first, Delegate second, params ReadOnlySpan<Delegate> more) =>
        Transition.Split([first, second, .. more]);

    /// <summary>
    /// Runs <paramref name="step"/> once for each item, side by side, until a join step unites them. The item is the
    /// step's parameter.
    /// </summary>
    /// <typeparam name="TItem">The type of an item.</typeparam>
    /// <param name="items">At least one item. It is enumerated once, in order, when the step has returned.</param>
    /// <param name="step">A step that takes the item.</param>
    protected static Transition NextForEach<TItem>(IEnumerable<TItem> items, Func<TItem, Transition> step) =>
        Transition.ForEach(items, step);

    /// <inheritdoc cref="NextForEach{TItem}(IEnumerable{TItem}, Func{TItem, Transition})"/>
    protected static Transition NextForEach<TItem>(IEnumerable<TItem> items, Func<TItem, Task<Transition>> step) =>
        Transition.ForEach(items, step);

    /// <inheritdoc cref="NextForEach{TItem}(IEnumerable{TItem}, Func{TItem, Transition})"/>
    protected static Transition NextForEach<TItem>(IEnumerable<TItem> items, Func<TItem, ValueTask<Transition>> step) =>
        Transition.ForEach(items, step);

    /// <summary>
    /// In a join, carries over every artifact that has the same content in all branches that have it and is not yet set
    /// in this task. Nothing is copied; the values are passed on by reference.
    /// </summary>
    /// <typeparam name="TFlow">The flow's own type.</typeparam>
    /// <param name="inputs">The inputs of the join.</param>
    /// <param name="include">If given, only these artifacts are merged. Each must be in a branch or set here.</param>
    /// <param name="exclude">If given, these artifacts are left out. Not together with <paramref name="include"/>.</param>
    /// <exception cref="ArgumentException">Both <paramref name="include"/> and <paramref name="exclude"/> are given.</exception>
    /// <exception cref="MergeConflictException">Branches disagree about an artifact; nothing is merged then.</exception>
    /// <exception cref="MergeMissingException">An included artifact is nowhere set; nothing is merged then.</exception>
    protected void MergeArtifacts<TFlow>(
        JoinInputs<TFlow> inputs, IEnumerable<string>? include = null, IEnumerable<string>? exclude = null)
        where TFlow : FlowSpec
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArtifactMerge.Merge(ArtifactTable, inputs.Select(input => input.ArtifactTable), include, exclude);
    }

    /// <summary>Reads an artifact. Called by generated code; a flow reads its properties.</summary>
    /// <typeparam name="T">The artifact's declared type.</typeparam>
    /// <param name="name">The artifact's name.</param>
    /// <exception cref="ArtifactNotSetException">No step on the way here has set it.</exception>
    [System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
    protected T GetArtifact<T>([CallerMemberName] string name = "") => ArtifactTable.Get<T>(name);

    /// <summary>Sets an artifact. Called by generated code; a flow assigns its properties.</summary>
    /// <typeparam name="T">The artifact's declared type.</typeparam>
    /// <param name="value">The new value.</param>
    /// <param name="name">The artifact's name.</param>
    [System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
    protected void SetArtifact<T>(T value, [CallerMemberName] string name = "") => ArtifactTable.Set(name, value);

    /// <summary>Binds the flow object to a task before its step runs, or to a finished task that is read.</summary>
    internal void Attach(TaskScope scope) => _scope = scope;
}
