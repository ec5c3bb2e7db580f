using System.ComponentModel;
using System.Diagnostics;
using Metaflow.Configuration;

namespace Metaflow.Cli.Serving;

/// <summary>The user's browser.</summary>
internal static class Browser
{
    /// <summary>Opens a file or an address, if a person sits in front of a screen.</summary>
    /// <param name="target">The file or address.</param>
    /// <param name="isTerminal">Whether output goes to a person.</param>
    /// <param name="environment">What tells of a screen.</param>
    /// <returns>Whether a browser was asked to.</returns>
    public static bool TryOpen(string target, bool isTerminal, MachineEnvironment environment)
    {
        var command = !isTerminal ? null
            : OperatingSystem.IsWindows() ? target
            : OperatingSystem.IsMacOS() ? "open"
            : environment.Variable("DISPLAY") is { Length: > 0 } || environment.Variable("WAYLAND_DISPLAY") is { Length: > 0 } ? "xdg-open"
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
                start.ArgumentList.Add(target);

                // What it has to say is nothing for this terminal.
                start.RedirectStandardOutput = start.RedirectStandardError = true;
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
