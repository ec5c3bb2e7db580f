using System.Globalization;
using Metaflow.Storage;

namespace Metaflow.Client;

/// <summary>The parts of <c>GenreFlow/3/Rank/17</c>, as many as were asked for.</summary>
/// <param name="Flow">The flow.</param>
/// <param name="RunId">The run; 0 if the path ends before it.</param>
/// <param name="Step">The step; empty if the path ends before it.</param>
/// <param name="TaskId">The task; 0 if the path ends before it.</param>
internal readonly record struct ObjectPath(string Flow, long RunId, string Step, long TaskId)
{
    private static readonly string[] Forms = ["FLOW", "FLOW/RUN", "FLOW/RUN/STEP", "FLOW/RUN/STEP/TASK"];
    private static readonly string[] Kinds = ["flow", "run", "step", "task"];

    /// <summary>Reads a path of exactly so many parts.</summary>
    /// <exception cref="ArgumentException">It is not such a path.</exception>
    public static ObjectPath Parse(string text, int parts)
    {
        ArgumentNullException.ThrowIfNull(text);
        var found = text.Split('/');
        if (found.Length != parts || found.Contains("") || !StoreLayout.IsFlowName(found[0]))
        {
            throw new ArgumentException($"'{text}' does not name a {Kinds[parts - 1]}. Write it as {Forms[parts - 1]}.", nameof(text));
        }

        return new(
            found[0],
            parts > 1 ? Number(found[1], "run") : 0,
            parts > 2 ? found[2] : "",
            parts > 3 ? Number(found[3], "task") : 0);
    }

    /// <summary>Reads the id of a run or task.</summary>
    /// <exception cref="ArgumentException">It is not a number.</exception>
    public static long Number(string id, string kind)
    {
        ArgumentNullException.ThrowIfNull(id);
        return StoreLayout.TryParseRunId(id, out var number)
            ? number
            : throw new ArgumentException($"'{id}' is not the id of a {kind}: ids are numbers from 1.", nameof(id));
    }

    /// <summary>An id as it is written.</summary>
    public static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
