using System.Diagnostics;
using System.Text.Json;

namespace Metaflow.Tests.Formats;

/// <summary>The reader of stores in Python, which knows nothing but what docs/formats says.</summary>
internal static class PythonReader
{
    private static readonly string Script = Path.Join(AppContext.BaseDirectory, "Formats", "read_store.py");

    /// <summary>What it prints of a sound store.</summary>
    public static JsonElement Read(string root, params string[] options)
    {
        var (code, output, error) = Run(root, options);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>What it says of a store that is damaged.</summary>
    public static string Refuse(string root, params string[] options)
    {
        var (code, output, error) = Run(root, options);
        Assert.True(code == 1, $"It read what is damaged, or broke: {code} {error}");
        Assert.Empty(output);
        Assert.DoesNotContain("Traceback", error, StringComparison.Ordinal);
        return error.Trim();
    }

    private static (int ExitCode, string Output, string Error) Run(string root, string[] options)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3", ["-B", Script, root, .. options])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            // Where the tests count, test.sh has installed it.
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") is "true" or "1", "Needs python3.");
            throw new InvalidOperationException("python3 cannot be started.", fault);
        }
    }
}
