using System.Reflection;
using System.Runtime.InteropServices;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Artifacts.Json;

/// <summary>Types whose values are not data, each with what to do instead.</summary>
internal static class UnstorableTypes
{
    private static readonly (Type Type, string Reason)[] Reasons =
    [
        (typeof(Delegate), "is a delegate, and code is not stored. " + Remedies.Member),
        (typeof(Task), "is a task. Await it and store its result."),
        (typeof(ValueTask), "is a task. Await it and store its result."),
        (typeof(Stream), "is a stream. Read it and store the content as byte[], or make it an artifact of its own with IncludedFile.FromStream."),
        (typeof(TextReader), "is a reader. Read it and store the text as string."),
        (typeof(TextWriter), "is a writer. Store the text that it wrote as string."),
        (typeof(FlowSpec), "is a flow. Store the values in it that you need, each as an artifact."),
        (typeof(Transition), "is a transition. Return it from the step instead."),
        (typeof(Current), "belongs to the running task. Store the facts in it that you need."),
        (typeof(IncludedFile), "is an included file inside another value. Make it a parameter or an artifact of its own."),
        (typeof(MemberInfo), "names code, and stored data never does. Store a string or an enum, and choose the type when it is read."),
        (typeof(Assembly), "is code, and code is not stored. " + Remedies.Member),
        (typeof(Module), "is code, and code is not stored. " + Remedies.Member),
        (typeof(Exception), "is an exception. Store its ToString(), or a CaughtException."),
        (typeof(IQueryable), "is a query. Store its result: ToList()."),
        (typeof(nint), "is an address, which means nothing to another process. " + Remedies.Member),
        (typeof(nuint), "is an address, which means nothing to another process. " + Remedies.Member),
        (typeof(SafeHandle), "is a handle, which means nothing to another process. " + Remedies.Member),
        (typeof(Thread), "belongs to the running process. " + Remedies.Member),
        (typeof(CancellationToken), "belongs to the running process. " + Remedies.Member),
        (typeof(CancellationTokenSource), "belongs to the running process. " + Remedies.Member),
        (typeof(SynchronizationContext), "belongs to the running process. " + Remedies.Member),
        (typeof(IServiceProvider), "belongs to the running process. " + Remedies.Member),
    ];

    /// <summary>What is wrong with the type, to follow its name; <see langword="null"/> if nothing is known to be.</summary>
    public static string? Find(Type type)
    {
        if (type.IsPointer || type.IsFunctionPointer || type.IsByRefLike || type.IsByRef)
        {
            return "is an address, which means nothing to another process. " + Remedies.Member;
        }

        if (type.IsArray && !type.IsSZArray && NpyType.Of(type.GetElementType()!) is null)
        {
            return "is an array of several dimensions, and those are stored only with numbers or booleans as elements. "
                + "Use an array of arrays.";
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (definition == typeof(JoinInputs<>))
        {
            return "is the join's input. Store the values in it that you need.";
        }

        if (definition == typeof(ValueTask<>))
        {
            return "is a task. Await it and store its result.";
        }

        if (definition == typeof(IAsyncEnumerable<>) || definition == typeof(Lazy<>))
        {
            return "is not computed yet. Store its result.";
        }

        foreach (var (unstorable, reason) in Reasons)
        {
            if (unstorable.IsAssignableFrom(type))
            {
                return reason;
            }
        }

        return null;
    }
}
