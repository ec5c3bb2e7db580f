using System.Diagnostics;
using System.Globalization;

namespace Metaflow.Benchmarks.Storage;

/// <summary>The most memory that a process holds while it saves 100 MB, beside one that only has the array.</summary>
internal sealed class MemoryTable(string directory)
{
    private const string ChildOption = "--save-in-child";
    private const int Numbers = 12_500_000;

    public void Run()
    {
        Console.WriteLine("Peak memory of a process that saves 100 MB of float64, MB. The last column is what saving takes on top of the process, as a multiple of the array.");
        Console.WriteLine();
        Console.WriteLine("| content | process | with the array | while saving | (saving − process) / array |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var content in (string[])["noise", "smooth"])
        {
            var (nothing, holds, saves) = (Peak("nothing", content), Peak("hold", content), Peak("save", content));
            Console.WriteLine($"| {content} | {nothing:0} | {holds:0} | {saves:0} | {(saves - nothing) / (Numbers * sizeof(double) / 1e6):0.00} |");
        }

        Console.WriteLine();
    }

    /// <summary>Whether this process was started to be measured.</summary>
    public static bool IsChild(string[] args) => args is [ChildOption, ..];

    /// <summary>Saves an array, or less, and prints the process's peak.</summary>
    public static int RunChild(string[] args)
    {
        var (what, content, root) = (args[1], args[2], args[3]);
        using (var store = new Ours(root))
        {
            // Everything is compiled and loaded once before.
            store.Save(Array(content, 100_000));
            if (what != "nothing")
            {
                var array = Array(content, Numbers);
                if (what == "save")
                {
                    store.Save(array);
                }

                GC.KeepAlive(array);
            }
        }

        using var process = Process.GetCurrentProcess();
        Console.WriteLine((process.PeakWorkingSet64 / 1e6).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static Case<double[]> Array(string content, int length) =>
        content == "noise" ? Case.Noise(content, length) : Case.Smooth(content, length);

    private double Peak(string what, string content)
    {
        var root = Path.Join(directory, "memory");
        var start = new ProcessStartInfo(Environment.ProcessPath!, [ChildOption, what, content, root]) { RedirectStandardOutput = true };
        using var child = Process.Start(start)!;
        var peak = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Directory.Delete(root, recursive: true);
        return child.ExitCode == 0
            ? double.Parse(peak, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"The process that saves 100 MB failed ({child.ExitCode}).");
    }
}
