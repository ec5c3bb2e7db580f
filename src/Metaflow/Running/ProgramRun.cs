using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Metaflow.Client;
using Metaflow.Configuration;
using Metaflow.Events;

namespace Metaflow.Running;

/// <summary>Runs a flow program as a process, and follows the file in which it tells its events.</summary>
internal static partial class ProgramRun
{
    private const int Terminate = 15;

    /// <summary>How often the file of events is looked at: nothing tells portably that another process has written to it.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static async Task<ExecutingRun> StartAsync(
        string program, IReadOnlyList<string> verb, RunnerOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = Directory.CreateTempSubdirectory("metaflow-runner-");
        var session = new Session(folder, Path.Join(folder.FullName, "events"), options);
        try
        {
            session.Start(Command(program), [.. options.Flow is { } flow ? new[] { flow } : [], .. verb, .. options.ToArguments(), $"--events-file={session.EventsFile}"]);
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
        {
            folder.Delete(recursive: true);
            throw new MetaflowException($"'{program}' cannot be started: {fault.Message}", fault);
        }

        var registration = cancellationToken.Register(session.Cancel);
        var ended = session.FollowAsync(registration);
        var (path, root) = await session.Begun.ConfigureAwait(false);
        var client = MetaflowClient.Open(root, MachineEnvironment.Current, TimeProvider.System);
        client.Namespace = null;
        return new(client, client.Run(path), session.Events, ended, session.Cancel);
    }

    /// <summary>Parameters as options of the command line.</summary>
    public static IEnumerable<string> ToArguments(IReadOnlyDictionary<string, object?>? parameters) =>
        (parameters ?? new Dictionary<string, object?>()).Where(parameter => parameter.Value is not null)
            .Select(parameter => $"--{Naming.ToKebabCase(parameter.Key)}={Text(parameter.Value!)}");

    private static string Text(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => JsonSerializer.Serialize(value, value.GetType()),
    };

    /// <summary>How a program is started.</summary>
    private static (string File, string[] Arguments) Command(string program)
    {
        var path = Path.GetFullPath(program);
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            throw new MetaflowException($"There is no program '{path}'.");
        }

        return Path.GetExtension(path) switch
        {
            ".cs" => ("dotnet", ["run", "--file", path, "--"]),
            ".dll" => ("dotnet", [path]),
            ".csproj" => ("dotnet", ["run", "--project", path, "--"]),
            _ when Directory.Exists(path) => ("dotnet", ["run", "--project", path, "--"]),
            _ => (path, []),
        };
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    /// <summary>The process and what it tells.</summary>
    private sealed class Session(DirectoryInfo folder, string eventsFile, RunnerOptions options)
    {
        private const int KeptLines = 40;

        private readonly Channel<RunEvent> _events = ExecutingRun.NewChannel();
        private readonly TaskCompletionSource<(string Path, string Root)> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Queue<string> _said = new();
        private readonly Lock _gate = new();
        private Process? _process;
        private long _read;

        public string EventsFile => eventsFile;

        public ChannelReader<RunEvent> Events => _events.Reader;

        public Task<(string Path, string Root)> Begun => _begun.Task;

        public void Start((string File, string[] Arguments) command, IReadOnlyList<string> arguments)
        {
            var start = new ProcessStartInfo(command.File, [.. command.Arguments, .. arguments])
            {
                WorkingDirectory = options.WorkingDirectory ?? "",
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var (name, value) in options.Environment)
            {
                start.Environment[name] = value;
            }

            _process = Process.Start(start)!;
            _process.StandardInput.Close();

            // Both streams are read to their ends, or the program would wait; what it prints is in the events.
            _process.OutputDataReceived += static (_, _) => { };
            _process.ErrorDataReceived += (_, line) => Remember(line.Data);
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        /// <summary>Asks the program to end in order, and kills it when it does not.</summary>
        public void Cancel()
        {
            lock (_gate)
            {
                if (_process is not { HasExited: false } process)
                {
                    return;
                }

                if (OperatingSystem.IsWindows() || Kill(process.Id, Terminate) != 0)
                {
                    KillTree(process);
                    return;
                }

                _ = KillLaterAsync(process);
            }
        }

        public async Task FollowAsync(CancellationTokenRegistration registration)
        {
            var process = _process!;
            try
            {
                while (!process.HasExited)
                {
                    Read();
                    await Task.Delay(Look, TimeProvider.System).ConfigureAwait(false);
                }

                await process.WaitForExitAsync().ConfigureAwait(false);
                Read();
                if (!_begun.Task.IsCompleted)
                {
                    _begun.TrySetException(new MetaflowException(
                        string.Create(CultureInfo.InvariantCulture, $"The program ended with exit code {process.ExitCode} before its run began.\n{Said()}")));
                }
            }
            finally
            {
                await registration.DisposeAsync().ConfigureAwait(false);
                _events.Writer.TryComplete();
                lock (_gate)
                {
                    _process = null;
                }

                process.Dispose();
                folder.Delete(recursive: true);
            }
        }

        private async Task KillLaterAsync(Process process)
        {
            try
            {
                using var limit = new CancellationTokenSource(options.KillAfter, TimeProvider.System);
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                KillTree(process);
            }
            catch (InvalidOperationException)
            {
                // It has ended, and its object was disposed.
            }
        }

        private static void KillTree(Process process)
        {
            try
            {
                process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // It has ended meanwhile.
            }
        }

        private void Remember(string? line)
        {
            lock (_gate)
            {
                if (line is not null)
                {
                    _said.Enqueue(line);
                    if (_said.Count > KeptLines)
                    {
                        _said.Dequeue();
                    }
                }
            }
        }

        private string Said()
        {
            lock (_gate)
            {
                return string.Join('\n', _said);
            }
        }

        private void Read()
        {
            if (!File.Exists(eventsFile))
            {
                return;
            }

            using var file = new FileStream(eventsFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Position = _read;
            using var added = new MemoryStream();
            file.CopyTo(added);

            // What follows the last line end is not complete yet.
            var bytes = added.GetBuffer().AsSpan(0, (int)added.Length);
            var whole = bytes[..(bytes.LastIndexOf((byte)'\n') + 1)];
            _read += whole.Length;
            foreach (var line in Encoding.UTF8.GetString(whole).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Tell(RunEventLine.TryParse(line));
            }
        }

        private void Tell(RunEvent? happened)
        {
            if (happened is not null)
            {
                _events.Writer.TryWrite(happened);
                if (happened.Kind == RunEventKind.RunStarted)
                {
                    _begun.TrySetResult((happened.Text!, happened.DatastoreRoot!));
                }
            }
        }
    }
}
