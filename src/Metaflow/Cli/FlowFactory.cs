using Metaflow.Definitions;

namespace Metaflow.Cli;

/// <summary>Creates the flow object that holds the parameters.</summary>
internal static class FlowFactory
{
    /// <exception cref="MetaflowException">The constructor threw.</exception>
    public static FlowSpec Create(FlowDefinition definition, Func<IServiceProvider?> services)
    {
        try
        {
            return definition.Create(definition.NeedsServices ? services() : null);
        }
        catch (Exception fault) when (fault is not MetaflowException and not OperationCanceledException)
        {
            throw new MetaflowException(
                $"A '{definition.Name}' cannot be created: its constructor or an initialiser threw an exception.\n{fault}", fault);
        }
    }
}
