using System.Runtime.CompilerServices;

namespace Metaflow.FlowMatrix;

/// <summary>What a step finds wrong; it fails the task and with it the run.</summary>
internal sealed class ExpectationException(string message) : Exception(message);

/// <summary>Checks inside steps.</summary>
internal static class Expect
{
    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new ExpectationException($"{what}: expected '{expected}', found '{actual}'.");
        }
    }

    public static void Same<T>(IEnumerable<T> expected, IEnumerable<T> actual, [CallerArgumentExpression(nameof(actual))] string what = "") =>
        Equal(string.Join(", ", expected), string.Join(", ", actual), what);

    public static TException Throws<TException>(Action act, [CallerArgumentExpression(nameof(act))] string what = "")
        where TException : Exception
    {
        try
        {
            act();
        }
        catch (TException exception)
        {
            return exception;
        }

        throw new ExpectationException($"{what}: expected {typeof(TException).Name}.");
    }
}
