using System.Collections;

namespace Metaflow;

/// <summary>
/// What a join unites: one read-only view of the flow per branch, in the order of the foreach items or of the targets of
/// the split. A view loads an artifact when it is first read.
/// </summary>
/// <typeparam name="TFlow">The flow's own type.</typeparam>
public sealed class JoinInputs<TFlow> : IReadOnlyList<TFlow>
    where TFlow : FlowSpec
{
    private readonly Func<int, TFlow> _open;
    private readonly Func<int, IReadOnlyList<string>> _stepsOf;
    private readonly TFlow?[] _views;

    /// <summary>Builds inputs from flow objects, for the unit test of a join.</summary>
    /// <param name="views">One flow object per branch, with the artifacts that the join reads.</param>
    public JoinInputs(params IReadOnlyList<TFlow> views)
        : this((views ?? throw new ArgumentNullException(nameof(views))).Count, i => views[i], _ => [])
    {
    }

    /// <summary>Builds inputs of a split from flow objects keyed by branch, for the unit test of a join.</summary>
    /// <param name="branches">The branch's step and the flow object after it.</param>
    public JoinInputs(params IReadOnlyList<(Delegate Step, TFlow View)> branches)
        : this(
            (branches ?? throw new ArgumentNullException(nameof(branches))).Count,
            i => branches[i].View,
            i => [branches[i].Step.Method.Name])
    {
    }

    /// <param name="count">How many branches there are.</param>
    /// <param name="open">Opens the view of a branch.</param>
    /// <param name="stepsOf">The names by which a branch is known: its last step and its first.</param>
    internal JoinInputs(int count, Func<int, TFlow> open, Func<int, IReadOnlyList<string>> stepsOf)
    {
        Count = count;
        _open = open;
        _stepsOf = stepsOf;
        _views = new TFlow?[count];
    }

    /// <summary>The number of branches.</summary>
    public int Count { get; }

    /// <summary>The branch at a position.</summary>
    /// <param name="index">Zero-based; the foreach index, or the position among the targets of the split.</param>
    public TFlow this[int index] => _views[index] ??= _open(index);

    /// <summary>The branch of a split that passed through <paramref name="step"/>: <c>inputs[TrainForest].Score</c>.</summary>
    /// <param name="step">The first or the last step of the branch, named directly.</param>
    /// <exception cref="ArgumentException">No branch, or more than one, has that step at its start or end.</exception>
    public TFlow this[Delegate step]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(step);
            var name = step.Method.Name;
            var found = -1;
            for (var i = 0; i < Count; i++)
            {
                if (!_stepsOf(i).Contains(name))
                {
                    continue;
                }

                if (found >= 0)
                {
                    throw new ArgumentException(
                        $"Several branches of this join passed through '{name}'; use the index instead.", nameof(step));
                }

                found = i;
            }

            return found >= 0
                ? this[found]
                : throw new ArgumentException(
                    $"No branch of this join starts or ends with '{name}'. It has: "
                    + string.Join(", ", Enumerable.Range(0, Count).SelectMany(i => _stepsOf(i)).Distinct()) + ".",
                    nameof(step));
        }
    }

    /// <inheritdoc/>
    public IEnumerator<TFlow> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            // A view that nobody indexed is not kept: a join over many branches holds one at a time.
            yield return _views[i] ?? _open(i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
