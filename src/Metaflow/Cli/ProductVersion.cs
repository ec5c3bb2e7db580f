using System.Reflection;

namespace Metaflow.Cli;

/// <summary>The version of this library.</summary>
internal static class ProductVersion
{
    /// <summary>Such as <c>1.0.0</c>, without the commit.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "0.0.0";
}
