namespace Metaflow;

/// <summary>Marks a method of a flow as a step.</summary>
/// <remarks>
/// A step takes nothing, or the item of a foreach, or the <see cref="JoinInputs{TFlow}"/> of a join. It returns
/// <see cref="Transition"/> (or a task of it); the last step of the flow returns <see langword="void"/> or
/// <see cref="Task"/>. The steps named <c>Start</c> and <c>End</c> are the ends of the flow unless flags say otherwise.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StepAttribute : Attribute
{
    /// <summary>Whether the flow begins here. Default: the step named <c>Start</c>.</summary>
    public bool Start { get; set; }

    /// <summary>Whether the flow ends here. Default: the step named <c>End</c>.</summary>
    public bool End { get; set; }
}
