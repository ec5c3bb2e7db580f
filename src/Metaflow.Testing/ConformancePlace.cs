using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Metaflow.Storage;

namespace Metaflow.Testing;

/// <summary>The place in which one check works, and what all checks do there.</summary>
internal sealed class ConformancePlace : IDisposable
{
    private readonly string _check;
    private readonly Func<IBlobBackend> _open;
    private readonly ConcurrentBag<IBlobBackend> _opened = [];

    public ConformancePlace(string check, Func<IBlobBackend> open)
    {
        _check = check;
        _open = open;
        Backend = Another();
    }

    public IBlobBackend Backend { get; }

    /// <summary>The place as another process has it.</summary>
    public IBlobBackend Another()
    {
        var backend = _open();
        _opened.Add(backend);
        return backend;
    }

    /// <summary>Fails the check unless something holds.</summary>
    public void Require(bool holds, string expectation)
    {
        if (!holds)
        {
            throw new BlobBackendConformanceException(_check, expectation);
        }
    }

    /// <summary>Fails the check unless a call refuses its argument.</summary>
    public void RequireRefusal(Action call, string what)
    {
        try
        {
            call();
        }
        catch (ArgumentException)
        {
            return;
        }

        Require(false, $"{what} must throw an ArgumentException.");
    }

    /// <summary>Fails the check unless an object holds exactly some bytes.</summary>
    public void RequireObject(IBlobBackend backend, string key, byte[] expected)
    {
        using var bytes = backend.TryOpen(key);
        Require(bytes is not null, $"TryOpen of '{key}' gave null although the object was published.");
        Require(bytes!.Length == expected.Length, $"'{key}' must have {expected.Length} bytes and has {bytes.Length}.");
        var content = ReadAll(bytes);
        Require(content.AsSpan().SequenceEqual(expected), $"'{key}' does not hold the bytes that were published ({expected.Length} bytes).");
    }

    /// <summary>Fails the check unless there is no object.</summary>
    public void RequireNothing(IBlobBackend backend, string key, string why)
    {
        using var bytes = backend.TryOpen(key);
        Require(bytes is null, $"TryOpen of '{key}' must give null: {why}.");
    }

    public void RequireList(string prefix, IReadOnlyList<string> expected)
    {
        var listed = Backend.List(prefix).ToList();
        Require(
            listed.SequenceEqual(expected, StringComparer.Ordinal),
            $"List(\"{prefix}\") must give {Describe(expected)} and gave {Describe(listed)}.");
    }

    /// <summary>Publishes an object.</summary>
    public static void Put(IBlobBackend backend, string key, byte[] content, int headLength = 0, int pieceLength = int.MaxValue)
    {
        using var upload = backend.BeginUpload(headLength);
        for (var at = headLength; at < content.Length; at += Math.Min(pieceLength, content.Length - at))
        {
            upload.Append(content.AsSpan(at, Math.Min(pieceLength, content.Length - at)));
        }

        upload.Publish(key, content.AsSpan(0, headLength));
    }

    /// <summary>Reads everything, with one byte of room more than there should be.</summary>
    public static byte[] ReadAll(IReadableBytes bytes)
    {
        var buffer = new byte[bytes.Length + 1];
        return buffer[..bytes.Read(buffer, 0)];
    }

    /// <summary>Bytes of which no range is like another; the same for the same length and seed.</summary>
    public static byte[] Content(int length, int seed = 0)
    {
        var content = new byte[length];
        for (var index = 0; index < length; index++)
        {
            var mixed = (uint)(index + 1 + (seed * 7919)) * 2654435761u;
            content[index] = (byte)(mixed >> 24);
        }

        return content;
    }

    /// <summary>Does something on many threads that start at the same time.</summary>
    public static T[] Together<T>(int count, Func<int, T> work)
    {
        using var start = new Barrier(count);
        var results = new T[count];
        var faults = new ConcurrentQueue<ExceptionDispatchInfo>();
        var threads = Enumerable.Range(0, count).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                results[number] = work(number);
            }
            catch (Exception fault)
            {
                // It is thrown below, on the thread of whoever runs the check.
                faults.Enqueue(ExceptionDispatchInfo.Capture(fault));
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (faults.TryPeek(out var first))
        {
            first.Throw();
        }

        return results;
    }

    public void Dispose()
    {
        foreach (var backend in _opened)
        {
            (backend as IDisposable)?.Dispose();
        }
    }

    private static string Describe(IReadOnlyList<string> keys) =>
        keys.Count == 0 ? "nothing"
        : keys.Count <= 6 ? string.Join(", ", keys)
        : $"{keys.Count} keys from {keys[0]} to {keys[^1]}";
}
