namespace Metaflow.Runtime.Reuse;

/// <summary>What calls mean that leave the user's assemblies.</summary>
internal sealed partial class CodeWalk
{
    private static readonly HashSet<string> HarmlessOfType = new(StringComparer.Ordinal)
    {
        "GetTypeFromHandle", "op_Equality", "op_Inequality", "get_Name", "get_FullName", "ToString", "Equals", "GetHashCode",
    };

    /// <summary>Members of Current that a run is started with.</summary>
    private static readonly HashSet<string> RunFacts = new(StringComparer.Ordinal)
    {
        "get_Tags", "get_UserName", "get_Namespace", "get_Graph", "get_ParameterNames",
    };

    private static readonly HashSet<string> SameInEachRun = new(StringComparer.Ordinal)
    {
        "get_FlowName", "get_StepName", "get_IsRunning", "get_CancellationToken", "get_TempDirectory", "get_Card",
    };

    private static readonly string[] ReflectionNames =
    [
        "System.Reflection.", "System.Resources.", "Microsoft.CSharp.RuntimeBinder.", "System.Runtime.CompilerServices.CallSite",
    ];

    private static readonly HashSet<string> OutsideTypes = new(StringComparer.Ordinal)
    {
        "System.IO.File", "System.IO.Directory", "System.IO.FileInfo", "System.IO.DirectoryInfo", "System.IO.FileSystemInfo", "System.IO.DriveInfo",
        "System.IO.FileStream", "System.IO.FileSystemWatcher", "System.IO.RandomAccess", "System.IO.Compression.ZipFile",
        "System.Diagnostics.Process", "System.Diagnostics.ProcessStartInfo", "System.TimeProvider", "System.Runtime.InteropServices.NativeLibrary",
        "System.Security.Cryptography.X509Certificates.X509Store",
    };

    private static readonly string[] OutsideNames =
    [
        "System.Net.", "System.Data.", "System.IO.Pipes.", "System.IO.MemoryMappedFiles.", "System.IO.Ports.", "System.IO.IsolatedStorage.",
        "System.Runtime.Loader.", "Microsoft.Win32.", "Microsoft.Extensions.Configuration.",
    ];

    private static readonly HashSet<string> InsideNet = new(StringComparer.Ordinal)
    {
        "System.Net.WebUtility", "System.Net.IPAddress", "System.Net.IPEndPoint", "System.Net.HttpStatusCode", "System.Net.IPNetwork",
    };

    private static readonly HashSet<string> InsideEnvironment = new(StringComparer.Ordinal)
    {
        "get_NewLine", "get_StackTrace", "get_ProcessorCount", "get_TickCount", "get_TickCount64", "get_CurrentManagedThreadId", "get_Version",
        "get_Is64BitProcess", "get_HasShutdownStarted", "Exit", "FailFast", "get_SystemPageSize",
    };

    /// <summary>Types that read a file where their first argument is its path.</summary>
    private static readonly HashSet<(string Type, string Name)> OutsideByPath =
    [
        ("System.IO.StreamReader", ".ctor"), ("System.IO.StreamWriter", ".ctor"), ("System.Xml.Linq.XDocument", "Load"), ("System.Xml.Linq.XElement", "Load"),
        ("System.Xml.XmlDocument", "Load"), ("System.Xml.XmlReader", "Create"), ("System.Xml.XmlWriter", "Create"), ("System.Xml.XmlTextReader", ".ctor"),
        ("System.Xml.XPath.XPathDocument", ".ctor"), ("System.IO.Path", "Exists"),
    ];

    /// <summary>Some calls come back by ways that cannot be seen, others ask the world.</summary>
    private void Judge(CodeMethod caller, Call call)
    {
        var place = $"{universe.NameOf(caller.Type)}.{caller.Name}";
        if (call.Type.StartsWith("Metaflow.", StringComparison.Ordinal))
        {
            JudgeOwn(caller, call, place);
        }
        else if (IsOutside(call))
        {
            Outside ??= $"it reads what is outside of the program: {place} calls {call.Type}.{call.Name}";
        }
        else if (MayReachAnything(call) || HandsFlowOver(call))
        {
            Widen($"{place} calls {call.Type}.{call.Name}, which may reach any code");
        }
    }

    private void JudgeOwn(CodeMethod caller, Call call, string place)
    {
        switch (call.Type)
        {
            case "Metaflow.Current":
                ReadsRunFacts |= RunFacts.Contains(call.Name);
                ReadsSeed |= call.Name == "get_Seed";
                ReadsPlace |= ReadsSeed;
                if (call.Name is "get_Secrets" or "RecordInput")
                {
                    Outside ??= $"it reads what is outside of the program: {place} calls Current.{call.Name.Replace("get_", "", StringComparison.Ordinal)}";
                }
                else if (call.Name != "get_Seed" && !RunFacts.Contains(call.Name) && !SameInEachRun.Contains(call.Name))
                {
                    Never ??= $"it uses Current.{call.Name.Replace("get_", "", StringComparison.Ordinal)}, which differs from run to run ({place})";
                }

                break;
            case "Metaflow.FlowSpec":
                ReadsPlace |= call.Name is "get_Index" or "get_ForEachStack";
                _readsAll |= call.Name == "MergeArtifacts" || (call.Name == "GetArtifact" && !IsArtifact(caller));
                break;
            case "Metaflow.StepContext":
                _readsAll = true;
                break;
            case not null when call.Type.StartsWith("Metaflow.Client.", StringComparison.Ordinal) || call.Type.StartsWith("Metaflow.Running.", StringComparison.Ordinal):
                Outside ??= $"it reads other runs ({place})";
                break;
        }
    }

    /// <summary>Whether a method is the generated getter of an artifact, which reads the one of its name.</summary>
    private bool IsArtifact(CodeMethod method) =>
        IsFlow(method.Type) && method.Name.StartsWith("get_", StringComparison.Ordinal)
        && Properties([method.Type], "Metaflow.ArtifactAttribute").Contains(method.Name[4..], StringComparer.Ordinal);

    private static bool IsOutside(Call call) =>
        OutsideTypes.Contains(call.Type)
        || (OutsideNames.Any(name => call.Type.StartsWith(name, StringComparison.Ordinal)) && !InsideNet.Contains(call.Type))
        || (call.FirstParameter == "String" && OutsideByPath.Contains((call.Type, call.Name)))
        || (call.Type == "System.Environment" && !InsideEnvironment.Contains(call.Name))
        || (call.Type is "System.DateTime" or "System.DateTimeOffset" && call.Name is "get_Now" or "get_UtcNow" or "get_Today")
        || (call.Type == "System.Console" && (call.Name.StartsWith("Read", StringComparison.Ordinal) || call.Name is "get_In" or "OpenStandardInput" or "get_KeyAvailable"))
        || (call.Type == "System.IO.Path" && call.Name is "GetTempPath" or "GetTempFileName")
        || (call.Type == "System.Reflection.Assembly" && call.Name is "Load" or "LoadFrom" or "LoadFile" or "UnsafeLoadFrom");

    private static bool MayReachAnything(Call call) =>
        ReflectionNames.Any(name => call.Type.StartsWith(name, StringComparison.Ordinal))
        || (call.Type == "System.Type" && !HarmlessOfType.Contains(call.Name))
        || (call.Type == "System.Activator" && call.Arguments.Count == 0)
        || call.Type is "System.AppDomain" or "System.Runtime.InteropServices.Marshal"
        || (call.Type == "System.Delegate" && call.Name is "CreateDelegate" or "DynamicInvoke");

    /// <summary>Whoever is given a flow may look at all of it.</summary>
    private bool HandsFlowOver(Call call) =>
        call.Arguments.Any(argument => argument.Type is { } given && IsFlow(given))
        && !call.Type.StartsWith("System.Runtime.CompilerServices.", StringComparison.Ordinal)
        && !call.Type.StartsWith("System.Linq.", StringComparison.Ordinal);

    /// <summary>A call of a method that is not the user's.</summary>
    /// <param name="Type">The full name of its type.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="FirstParameter">The type of its first parameter.</param>
    /// <param name="Arguments">Its type arguments.</param>
    private readonly record struct Call(string Type, string Name, string? FirstParameter, IReadOnlyList<TypeText> Arguments);
}
