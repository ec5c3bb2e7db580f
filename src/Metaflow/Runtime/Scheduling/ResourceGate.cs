using Metaflow.Definitions;
using Metaflow.Runtime.Tasks;

namespace Metaflow.Runtime.Scheduling;

/// <summary>What a machine gives to the tasks of a run.</summary>
/// <param name="Cores">Processor cores.</param>
/// <param name="MemoryMb">Memory, in mebibytes.</param>
/// <param name="Gpus">GPUs.</param>
internal readonly record struct MachineRoom(double Cores, long MemoryMb, int Gpus);

/// <summary>
/// Keeps tasks that state what they need within what the machine has, and each step within its own limit. A task that needs
/// more than the machine runs when no other such task does. Used under the scheduler's lock.
/// </summary>
internal sealed class ResourceGate(FlowDefinition definition, Func<string, StepDecorator[]> decorators, MachineRoom machine)
{
    private readonly Dictionary<string, Need> _needs = definition.Steps.ToDictionary(
        step => step.Name, step => new Need(decorators(step.Name)), StringComparer.Ordinal);

    private double _cpu;
    private long _memory;
    private int _gpus;
    private int _running;

    /// <summary>Whether there is room for a task of the step.</summary>
    public bool Fits(string step)
    {
        var need = _needs[step];
        return need.Running < need.Limit
            && (need.Resources is not { } resources || _running == 0
                || (_cpu + resources.Cpu <= machine.Cores && _memory + resources.MemoryMb <= machine.MemoryMb
                    && _gpus + resources.Gpu <= machine.Gpus));
    }

    public void Enter(string step) => Change(step, 1);

    public void Leave(string step) => Change(step, -1);

    private void Change(string step, int sign)
    {
        var need = _needs[step];
        need.Running += sign;
        if (need.Resources is { } resources)
        {
            _cpu += sign * resources.Cpu;
            _memory += sign * resources.MemoryMb;
            _gpus += sign * resources.Gpu;
            _running += sign;
        }
    }

    private sealed class Need(StepDecorator[] decorators)
    {
        public ResourcesAttribute? Resources { get; } = decorators.Find<ResourcesAttribute>();

        public int Limit { get; } = decorators.Find<ConcurrencyAttribute>()?.Max ?? int.MaxValue;

        public int Running { get; set; }
    }
}
