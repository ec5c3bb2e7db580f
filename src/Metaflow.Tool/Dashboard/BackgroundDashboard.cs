using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Metaflow.Cli;
using Metaflow.Configuration;
using Metaflow.Dashboard.Hosting;
using Metaflow.Runtime.Workers;

namespace Metaflow.Tool.Dashboard;

/// <summary>The dashboard as a process of its own, which outlives the command that started it and ends when nobody looks at it.</summary>
internal static class BackgroundDashboard
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromHours(1);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <summary>The address of the dashboard that shows a store; it is started if it is not there.</summary>
    /// <exception cref="MetaflowException">It cannot be started.</exception>
    public static async Task<Uri> FindOrStartAsync(string root, int? port, CancellationToken cancellationToken)
    {
        var note = Note(root);
        return note.Read() is { } known && (port is null or 0 || port == known.OpenUrl.Port) && await IsThereAsync(known, root, cancellationToken).ConfigureAwait(false)
            ? known.OpenUrl
            : await StartAsync(root, port, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Serves until nobody has looked for an hour. Prints the address alone.</summary>
    public static async Task ServeAsync(string root, int? port, TextWriter output, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsWindows())
        {
            // From here on, Ctrl-C and the end of the terminal are no concern of this process.
            Posix.LeaveSession();
        }

        var server = await DashboardServer.StartAsync(root, port, cancellationToken).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            var known = new BackgroundServer(root, server.OpenUrl, ProductVersion.Text, Environment.ProcessId);
            var note = Note(root);
            note.Write(known);
            try
            {
                await output.WriteLineAsync(server.OpenUrl.ToString()).ConfigureAwait(false);
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                await server.WhenIdleAsync(IdleLimit, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                note.Remove(known);
            }
        }
    }

    private static DashboardNote Note(string root) => new(new Settings(MachineEnvironment.Current).UserDirectory, root);

    /// <summary>Whether the server that a note tells of is there and shows this store, as this version would.</summary>
    private static async Task<bool> IsThereAsync(BackgroundServer known, string root, CancellationToken cancellationToken)
    {
        if (known.Root != root || known.Version != ProductVersion.Text || !known.OpenUrl.IsLoopback)
        {
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(known.OpenUrl, "api/v1/store"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", known.OpenUrl.Query.Split('=')[^1]);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception absent) when (absent is HttpRequestException || (absent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private static async Task<Uri> StartAsync(string root, int? port, CancellationToken cancellationToken)
    {
        var program = Environment.ProcessPath ?? throw new MetaflowException("The dashboard cannot be started in the background: this program does not know its own file.");
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, CreateNoWindow = true,
        };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        foreach (var argument in (string[])["ui", "--root", root, "--detached"])
        {
            start.ArgumentList.Add(argument);
        }

        if (port is { } number)
        {
            start.ArgumentList.Add("--port");
            start.ArgumentList.Add(number.ToString(CultureInfo.InvariantCulture));
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        return line is not null && Uri.TryCreate(line, UriKind.Absolute, out var address)
            ? address
            : throw new MetaflowException((await process.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false)).Replace("error: ", "", StringComparison.Ordinal).Trim());
    }
}
