namespace Metaflow;

/// <summary>
/// What a task of the step needs. The local scheduler starts no more tasks at once than the machine has room for; a task
/// that needs more than the whole machine runs alone.
/// </summary>
public sealed class ResourcesAttribute : StepDecorator
{
    /// <summary>Processor cores. Default: 1.</summary>
    public double Cpu { get; set; } = 1;

    /// <summary>Memory, in mebibytes. Default: 0, which reserves none.</summary>
    public int MemoryMb { get; set; }

    /// <summary>GPUs. Default: 0.</summary>
    public int Gpu { get; set; }

    /// <inheritdoc/>
    protected internal override string? Validate() =>
        Cpu < 0 || !double.IsFinite(Cpu) ? $"Cpu must not be negative, and is {Cpu}."
        : MemoryMb < 0 ? $"MemoryMb must not be negative, and is {MemoryMb}."
        : Gpu < 0 ? $"Gpu must not be negative, and is {Gpu}."
        : null;
}
