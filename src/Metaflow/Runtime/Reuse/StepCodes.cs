using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;

namespace Metaflow.Runtime.Reuse;

/// <summary>The code of a step, as far as it counts.</summary>
internal sealed record StepCode
{
    /// <summary>The identity of the code.</summary>
    public required string Hash { get; init; }

    /// <summary>What it consists of, each member with a hash of its own.</summary>
    public IReadOnlyDictionary<string, string> Members { get; init; } = new Dictionary<string, string>();

    /// <summary>The parameters that it may read.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>The artifacts that it may read, sorted; <see langword="null"/> for all.</summary>
    public IReadOnlyList<string>? Artifacts { get; init; }

    /// <summary>Why more counts than what can be seen to be called; <see langword="null"/> if that is not so.</summary>
    public string? Widened { get; init; }

    /// <summary>Why tasks of the step are never taken over; <see langword="null"/> if they can be.</summary>
    public string? Never { get; init; }

    /// <summary>What it reads that is outside of the program; <see langword="null"/> if nothing was seen.</summary>
    public string? Outside { get; init; }

    /// <summary>Whether it asks for the run's user, tags, namespace or graph.</summary>
    public bool ReadsRunFacts { get; init; }

    /// <summary>Whether it asks for the seed of random numbers.</summary>
    public bool ReadsSeed { get; init; }

    /// <summary>Whether it asks for its place in a foreach.</summary>
    public bool ReadsPlace { get; init; }
}

/// <summary>The code of a flow's steps in some assemblies; each step is examined when it is asked for.</summary>
internal sealed class StepCodes : IDisposable
{
    /// <summary>Nested types and signatures are followed by recursion, and the bytes may be anybody's.</summary>
    private const int StackSize = 64 << 20;

    private readonly IReadOnlyList<byte[]> _images;
    private readonly string _flow;
    private readonly string _foundation;
    private readonly Dictionary<string, StepCode?> _steps = new(StringComparer.Ordinal);
    private CodeUniverse? _universe;

    /// <param name="flow">The full name of the flow's class.</param>
    /// <param name="images">The assemblies of the user's; the flow's comes first.</param>
    /// <param name="foundation">What identifies everything below them.</param>
    public StepCodes(string flow, IReadOnlyList<byte[]> images, string foundation)
    {
        _flow = flow;
        _images = images;
        _foundation = foundation;
        Content = string.Join(' ', images.Select(image => Convert.ToHexStringLower(SHA256.HashData(image)))) + foundation;
    }

    /// <summary>What identifies all of the assemblies and what they stand on.</summary>
    public string Content { get; }

    /// <summary>The code of a step; <see langword="null"/> if the flow has no such step.</summary>
    /// <exception cref="InvalidDataException">The assemblies make no sense.</exception>
    public StepCode? Find(string step)
    {
        if (!_steps.TryGetValue(step, out var code))
        {
            _steps[step] = code = OnDeepStack(() => Examine(step));
        }

        return code;
    }

    public void Dispose() => _universe?.Dispose();

    private StepCode? Examine(string step)
    {
        _universe ??= new([.. _images.Select(image => new CodeModule(image))]);
        if (_universe.Find(_universe.Modules[0].Name, _flow) is not { } flow)
        {
            return null;
        }

        var walk = new CodeWalk(_universe);
        if (walk.Visit(flow, step) is not { } code)
        {
            return null;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{code} {_foundation}")));
        return new()
        {
            Hash = hash, Members = walk.Members, Parameters = walk.Parameters, Artifacts = walk.Artifacts,
            Widened = walk.Widened, Never = walk.Never, Outside = walk.Outside, ReadsRunFacts = walk.ReadsRunFacts, ReadsPlace = walk.ReadsPlace,
            ReadsSeed = walk.ReadsSeed,
        };
    }

    private static StepCode? OnDeepStack(Func<StepCode?> examine)
    {
        StepCode? code = null;
        Exception? fault = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    code = examine();
                }
                catch (Exception exception)
                {
                    fault = exception;
                }
            },
            StackSize)
        { IsBackground = true, Name = "metaflow code" };
        thread.Start();
        thread.Join();
        if (fault is BadImageFormatException or InvalidCastException or ArgumentException or IndexOutOfRangeException or OverflowException
            or InvalidOperationException or KeyNotFoundException or InsufficientExecutionStackException)
        {
            throw new InvalidDataException($"The assemblies of the program cannot be examined: {fault.Message}", fault);
        }

        if (fault is not null)
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        return code;
    }
}
