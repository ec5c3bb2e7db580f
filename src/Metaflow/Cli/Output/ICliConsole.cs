namespace Metaflow.Cli.Output;

/// <summary>Where the command line writes. What was asked for goes to <see cref="Out"/>, talk to people to <see cref="Error"/>.</summary>
internal interface ICliConsole
{
    /// <summary>Results and the lines of a run. It may be buffered: flush it when nothing follows for a while.</summary>
    TextWriter Out { get; }

    /// <summary>Banners, warnings and faults.</summary>
    TextWriter Error { get; }

    /// <summary>Whether <see cref="Out"/> is a terminal that a person looks at.</summary>
    bool IsTerminal { get; }

    /// <summary>The terminal's width in columns.</summary>
    int Width { get; }
}
