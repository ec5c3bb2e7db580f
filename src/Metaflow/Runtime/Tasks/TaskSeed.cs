using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Metaflow.Metadata.Records;

namespace Metaflow.Runtime.Tasks;

/// <summary>
/// The seed of a task: it follows from the run's, the step and the place in the foreachs around it, and from nothing that differs
/// when the same run is executed again. See docs/versions.md; changing it would change what a reproduction computes.
/// </summary>
internal static class TaskSeed
{
    public static int Of(int run, string step, IReadOnlyList<SplitLevel> stack)
    {
        var places = stack.Where(level => level.IsForEach).Select(level => level.Index.ToString(CultureInfo.InvariantCulture));
        var text = string.Create(CultureInfo.InvariantCulture, $"{run}/{step}/{string.Join('/', places)}");
        return BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) & int.MaxValue;
    }
}
