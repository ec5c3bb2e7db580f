using Metaflow.Definitions;
using Metaflow.Runtime.Tasks;

namespace Metaflow.Runtime.Scheduling;

/// <summary>
/// Keeps tasks that state what they need within what the machine has. A task that needs more than the machine runs when no
/// other such task does.
/// </summary>
internal sealed class ResourceGate(FlowDefinition definition, IReadOnlyList<string> with, double cores, long memoryMb)
{
    private readonly Dictionary<string, ResourcesAttribute?> _needs = definition.Steps.ToDictionary(
        step => step.Name, step => StepDecorators.Of(definition, step, with).Find<ResourcesAttribute>(), StringComparer.Ordinal);

    private double _cpu;
    private long _memory;
    private int _running;

    /// <summary>Whether there is room for a task of the step.</summary>
    public bool Fits(string step) =>
        _needs[step] is not { } need || _running == 0 || (_cpu + need.Cpu <= cores && _memory + need.MemoryMb <= memoryMb);

    public void Enter(string step) => Change(step, 1);

    public void Leave(string step) => Change(step, -1);

    private void Change(string step, int sign)
    {
        if (_needs[step] is { } need)
        {
            _cpu += sign * need.Cpu;
            _memory += sign * need.MemoryMb;
            _running += sign;
        }
    }
}
