namespace Metaflow.Reproduction;

/// <summary>A run cannot be reproduced; nothing of it was executed.</summary>
internal sealed class ReproductionException(string message) : MetaflowException(message);
