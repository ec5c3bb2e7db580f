using System.Buffers.Binary;
using System.IO.Pipes;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;

namespace Metaflow.Runtime.Workers;

/// <summary>The scheduler's end of a worker process: messages, output, life and death. One thread uses it, but for <see cref="Cancel"/>.</summary>
internal sealed class WorkerConnection(
    int processId, AnonymousPipeServerStream assignments, AnonymousPipeServerStream control, AnonymousPipeServerStream results,
    AnonymousPipeServerStream output, AnonymousPipeServerStream error) : IDisposable
{
    private static readonly byte[] CancelMessage = [(byte)'c'];

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Posix.PollDescriptor[] _poll =
    [
        new() { Descriptor = Ours(results), Events = Posix.PollIn },
        new() { Descriptor = Ours(output), Events = Posix.PollIn },
        new() { Descriptor = Ours(error), Events = Posix.PollIn },
    ];

    private byte[]? _answer;
    private bool _ended;

    public int ProcessId => processId;

    /// <summary>What the worker's tasks have been given and nobody may read.</summary>
    public SecretMask Secrets { get; } = new();

    /// <summary>Whether the run has been announced to the worker.</summary>
    public bool IsGreeted { get; set; }

    /// <summary>Whether the process is gone. Ask only while no answer is due.</summary>
    public bool HasEnded => Posix.Poll(_poll.AsSpan(0, 1), 0);

    /// <summary>Sends a message; false when the worker is gone.</summary>
    public bool Send(ReadOnlySpan<byte> message) => Posix.Write(Ours(assignments), message);

    /// <summary>
    /// Waits a while for the worker's answer, passing on its output meanwhile. What the task wrote before it answered has
    /// all been passed on when this returns the answer.
    /// </summary>
    /// <returns>The answer; <see langword="null"/> if there is none yet or, when <paramref name="ended"/>, never.</returns>
    public byte[]? Receive(AttemptLog log, TimeSpan wait, out bool ended)
    {
        ended = false;
        if (!Posix.Poll(_poll, (int)Math.Max(0, wait.TotalMilliseconds)))
        {
            return null;
        }

        ReadOutput(log);
        if (_answer is null && _poll[0].Returned != 0)
        {
            ended = !ReadMessage();
        }

        if (!ended && _answer is null)
        {
            return null;
        }

        DrainOutput(log);
        var answer = _answer;
        _answer = null;
        return answer;
    }

    /// <summary>Asks the task that is running to stop. Safe from any thread; a worker that is gone has stopped.</summary>
    public void Cancel() => _ = Posix.Write(Ours(control), CancelMessage);

    /// <summary>Ends the process and all that it started.</summary>
    public void Kill() => Posix.SignalGroup(processId, Posix.SigKill);

    /// <summary>Waits for the process to end and says how.</summary>
    public ProcessEnd Wait()
    {
        _ended = true;
        return Posix.Wait(processId);
    }

    /// <summary>Lets the worker go; it ends by itself when its control pipe is closed.</summary>
    public void Dispose()
    {
        assignments.Dispose();
        control.Dispose();
        if (!_ended)
        {
            Wait();
        }

        results.Dispose();
        output.Dispose();
        error.Dispose();
    }

    private static int Ours(AnonymousPipeServerStream pipe) => (int)pipe.SafePipeHandle.DangerousGetHandle();

    /// <summary>
    /// Reads what a task said about itself before it wrote what has just been read: a value must be known as a secret
    /// before it is shown.
    /// </summary>
    private void ReadNotices()
    {
        Span<Posix.PollDescriptor> poll = [new() { Descriptor = _poll[0].Descriptor, Events = Posix.PollIn }];
        while (_answer is null && Posix.Poll(poll, 0) && ReadMessage())
        {
        }
    }

    /// <summary>Reads a message: the answer, or secrets; false when the worker is gone.</summary>
    private bool ReadMessage()
    {
        Span<byte> prefix = stackalloc byte[Wire.LengthBytes];
        if (!ReadExactly(prefix))
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        var message = new byte[length is >= 0 and <= Wire.MaximumLength
            ? length
            : throw new InvalidDataException($"Worker {processId} sent a message of {length} bytes: its result stream was written to by something else.")];
        if (!ReadExactly(message))
        {
            return false;
        }

        // What poll has said about the pipe is no longer true.
        _poll[0].Returned = 0;
        if (!Wire.IsSecrets(message))
        {
            _answer = message;
            return true;
        }

        Secrets.Add(Wire.Parse(message, Wire.ReadSecrets));
        return true;
    }

    private void DrainOutput(AttemptLog log)
    {
        do
        {
            _poll[0].Returned = 0;
        }
        while (Posix.Poll(_poll.AsSpan(1), 0) && ReadOutput(log));
    }

    private bool ReadOutput(AttemptLog log)
    {
        var any = false;
        for (var i = 1; i < _poll.Length; i++)
        {
            if (_poll[i].Descriptor < 0 || _poll[i].Returned == 0)
            {
                continue;
            }

            var read = Posix.Read(_poll[i].Descriptor, _buffer);
            if (read == 0)
            {
                // Closed by the task: from now on poll passes over it.
                _poll[i].Descriptor = -1;
                continue;
            }

            ReadNotices();
            log.Write(i == 1 ? LogStream.Out : LogStream.Error, _buffer.AsSpan(0, read));
            any = true;
        }

        return any;
    }

    private bool ReadExactly(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var read = Posix.Read(_poll[0].Descriptor, destination);
            if (read == 0)
            {
                return false;
            }

            destination = destination[read..];
        }

        return true;
    }
}
