namespace Metaflow.Dashboard.Data;

/// <summary>A request that cannot be answered as it is.</summary>
/// <param name="message">What is wrong with it.</param>
internal sealed class BadRequestException(string message) : MetaflowException(message);
