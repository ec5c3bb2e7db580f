using System.ComponentModel;
using System.Diagnostics;

namespace Metaflow.Cli.Serving;

/// <summary>The user's browser.</summary>
internal static class Browser
{
    /// <summary>Opens a file, if a person sits in front of a screen.</summary>
    /// <returns>Whether a browser was asked to.</returns>
    public static bool TryOpen(string file, CliHost host)
    {
        if (!host.Console.IsTerminal)
        {
            return false;
        }

        var command = OperatingSystem.IsWindows() ? file
            : OperatingSystem.IsMacOS() ? "open"
            : host.Environment.Variable("DISPLAY") is { Length: > 0 } || host.Environment.Variable("WAYLAND_DISPLAY") is { Length: > 0 } ? "xdg-open"
            : null;
        if (command is null)
        {
            return false;
        }

        try
        {
            var start = new ProcessStartInfo(command) { UseShellExecute = OperatingSystem.IsWindows() };
            if (!OperatingSystem.IsWindows())
            {
                start.ArgumentList.Add(file);
            }

            using var process = Process.Start(start);
            return true;
        }
        catch (Exception fault) when (fault is Win32Exception or InvalidOperationException)
        {
            // There is no such program; the file's name is printed instead.
            return false;
        }
    }
}
