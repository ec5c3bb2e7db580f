namespace Metaflow;

/// <summary>An attempt that has failed, for those who decide whether there is another one.</summary>
/// <param name="Attempt">The attempt: 0 for the first one.</param>
/// <param name="Error">What happened.</param>
/// <param name="Exception">The exception itself; <see langword="null"/> if the task's process has ended without a word.</param>
/// <param name="Random">A number from 0 up to, but not including, 1, to spread retries with.</param>
public sealed record FailedAttempt(int Attempt, CaughtException Error, Exception? Exception, double Random);
