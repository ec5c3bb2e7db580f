using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Metaflow.Tool.Dashboard;

/// <summary>What is known of a dashboard in the background.</summary>
/// <param name="Root">The store that it shows.</param>
/// <param name="OpenUrl">The address that lets a browser in.</param>
/// <param name="Version">The version of the tool.</param>
/// <param name="ProcessId">Its process.</param>
internal sealed record BackgroundServer(string Root, Uri OpenUrl, string Version, int ProcessId);

/// <summary>
/// The note that a dashboard in the background leaves for those who look for it: a file of the user's own that nobody else
/// can read, for each store one. It is a hint: whoever follows it checks that the server is there.
/// </summary>
internal sealed class DashboardNote(string userDirectory, string root)
{
    private const int MaximumLength = 64 * 1024;

    private readonly string _path = Path.Join(
        userDirectory, "dashboards", $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)))[..24]}.json");

    /// <summary>The server that the note tells of; <see langword="null"/> if there is no note that can be used.</summary>
    public BackgroundServer? Read()
    {
        try
        {
            return new FileInfo(_path) is { Exists: true, Length: <= MaximumLength }
                ? JsonSerializer.Deserialize(File.ReadAllText(_path), NoteJson.Default.BackgroundServer)
                : null;
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or JsonException)
        {
            // Another server is started, and writes a note anew.
            return null;
        }
    }

    /// <summary>Writes the note, in the place of another.</summary>
    /// <exception cref="MetaflowException">It cannot be written.</exception>
    public void Write(BackgroundServer server)
    {
        try
        {
            CreateDirectory(Path.GetDirectoryName(_path)!);
            var temporary = $"{_path}.{server.ProcessId}";
            using (var file = new FileStream(temporary, Options()))
            {
                JsonSerializer.Serialize(file, server, NoteJson.Default.BackgroundServer);
            }

            File.Move(temporary, _path, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new MetaflowException($"The dashboard cannot note its address in {_path}: {fault.Message}", fault);
        }
    }

    /// <summary>Removes the note of a server that ends, unless another has written its own since.</summary>
    public void Remove(BackgroundServer server)
    {
        if (Read() == server)
        {
            File.Delete(_path);
        }
    }

    private static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}

/// <summary>The form of a note.</summary>
[JsonSerializable(typeof(BackgroundServer))]
internal sealed partial class NoteJson : JsonSerializerContext;
