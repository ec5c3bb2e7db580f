namespace Metaflow;

/// <summary>Something that a task read from outside its run: a table, a file, an answer of a service.</summary>
/// <param name="Name">What it is: <c>s3://bucket/films.parquet</c>, <c>table:films</c>.</param>
/// <param name="Version">Which state of it: a snapshot's id, a hash, an ETag.</param>
public sealed record ExternalInput(string Name, string Version);
