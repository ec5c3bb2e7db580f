using System.Globalization;
using System.Text;
using Metaflow.Cards;
using Metaflow.Dashboard.Hosting;
using Metaflow.Metadata.Records;
using Microsoft.AspNetCore.Http;

namespace Metaflow.Dashboard.Api;

/// <summary>Content as it is stored. A browser saves it and never runs it.</summary>
internal static class Downloads
{
    public static Task ArtifactAsync(ApiRequest request) => SendAsync(request, request.Path("step"), request.Path("task"));

    public static Task ParameterAsync(ApiRequest request) => SendAsync(request, null, null);

    /// <summary>The log of an attempt as text.</summary>
    public static async Task LogAsync(ApiRequest request)
    {
        var key = ApiRoutes.LogKey(request);
        var lines = request.Data.Logs.All(key);
        SecurityHeaders.ForContent(request.Http.Response);
        request.Http.Response.ContentType = "text/plain; charset=utf-8";
        Attach(request.Http.Response, $"{key.Flow}-{key.RunId}-{key.Step}-{key.TaskId}-{key.Attempt}.log");
        var text = new StreamWriter(request.Http.Response.Body, new UTF8Encoding(false), leaveOpen: true);
        await using (text.ConfigureAwait(false))
        {
            foreach (var line in lines)
            {
                var time = line.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
                var mark = line.Stream == LogStream.Error ? "err" : "out";
                await text.WriteLineAsync($"{time} {mark} {line.Text}".AsMemory(), request.Http.RequestAborted).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A file of the sources.</summary>
    public static async Task CodeAsync(ApiRequest request)
    {
        var path = ApiRoutes.PathOf(request);
        var content = request.Data.Code.Open(request.Path("flow"), request.Path("run"), path);
        await using (content.ConfigureAwait(false))
        {
            SecurityHeaders.ForContent(request.Http.Response);
            request.Http.Response.ContentType = "application/octet-stream";
            Attach(request.Http.Response, path[(path.LastIndexOf('/') + 1)..]);
            await content.CopyToAsync(request.Http.Response.Body, request.Http.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>A card as a page. It has no origin of its own, so that it can do nothing here.</summary>
    public static Task CardAsync(ApiRequest request)
    {
        var colors = request.Word("colors", "auto", "light", "dark") switch { "light" => CardColors.Light, "dark" => CardColors.Dark, _ => CardColors.Automatic };
        var hash = request.Path("card");
        var html = request.Data.Cards.Html(
            request.Path("flow"), request.Path("run"), request.Path("step"), request.Path("task"), ApiRoutes.AttemptOf(request), hash, colors);
        SecurityHeaders.ForCard(request.Http.Response);
        request.Http.Response.ContentType = "text/html; charset=utf-8";
        if (request.Flag("download"))
        {
            Attach(request.Http.Response, $"{request.Path("flow")}-{request.Path("run")}-{request.Path("step")}-{request.Path("task")}.html");
        }

        return request.Http.Response.WriteAsync(html, request.Http.RequestAborted);
    }

    private static async Task SendAsync(ApiRequest request, string? step, string? task)
    {
        var name = request.Path("artifact");
        var (content, size, type) = request.Data.Artifacts.Open(request.Path("flow"), request.Path("run"), step, task, name);
        await using (content.ConfigureAwait(false))
        {
            var response = request.Http.Response;
            SecurityHeaders.ForContent(response);
            var isShown = request.Flag("inline") && type?.StartsWith("image/", StringComparison.Ordinal) == true;
            response.ContentType = type ?? "application/octet-stream";
            response.ContentLength = size;
            if (!isShown)
            {
                Attach(response, name);
            }

            await content.CopyToAsync(response.Body, request.Http.RequestAborted).ConfigureAwait(false);
        }
    }

    private static void Attach(HttpResponse response, string name) =>
        response.Headers.ContentDisposition = $"attachment; filename*=UTF-8''{Uri.EscapeDataString(name)}";
}
