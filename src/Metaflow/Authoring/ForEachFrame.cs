namespace Metaflow;

/// <summary>One level of foreach around a task.</summary>
/// <param name="Step">The step that split.</param>
/// <param name="Index">Zero-based position of this task's item.</param>
/// <param name="Count">How many items the foreach has.</param>
/// <param name="Label">The item as a short text, at most 30 characters.</param>
public sealed record ForEachFrame(string Step, int Index, int Count, string Label);
