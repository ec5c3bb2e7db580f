namespace Metaflow;

/// <summary>
/// Lets <c>run --reuse</c> execute the step each time: for steps whose result depends on something that cannot be compared,
/// such as the time, a random number or a service.
/// </summary>
public sealed class NoReuseAttribute : StepDecorator;
