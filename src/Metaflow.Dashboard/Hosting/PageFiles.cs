using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Metaflow.Dashboard.Hosting;

/// <summary>The pages that were built into the assembly.</summary>
internal static class PageFiles
{
    private const string Prefix = "pages/";
    private const string Start = "index.html";
    private const string BaseMark = "<base href=\"/\"";

    private static readonly Assembly Home = typeof(PageFiles).Assembly;

    private static readonly FrozenSet<string> Names =
        Home.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]).ToFrozenSet();

    /// <summary>Whether there are pages.</summary>
    public static bool AreBuilt => Names.Contains(Start);

    /// <summary>Answers with a file, or with the start page, which shows what the path names.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">The path below the dashboard's place.</param>
    /// <param name="place">The dashboard's place: <c>/</c> or <c>/metaflow/</c>.</param>
    public static Task AnswerAsync(HttpContext context, string path, string place)
    {
        SecurityHeaders.ForPage(context.Response);
        if (!AreBuilt)
        {
            return NotBuiltAsync(context);
        }

        if (path.StartsWith("assets/", StringComparison.Ordinal) || Names.Contains(path) && path != Start)
        {
            return FileAsync(context, path);
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        using var reader = new StreamReader(Open(Start), Encoding.UTF8);
        var html = reader.ReadToEnd().Replace(BaseMark, $"<base href=\"{place}\"", StringComparison.Ordinal);
        return context.Response.WriteAsync(html, context.RequestAborted);
    }

    private static async Task FileAsync(HttpContext context, string path)
    {
        if (!Names.Contains(path))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // The names of these files change with their content.
        context.Response.Headers.CacheControl = path.StartsWith("assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        context.Response.ContentType = Path.GetExtension(path) switch
        {
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".json" => "application/json",
            ".woff2" => "font/woff2",
            _ => "application/octet-stream",
        };
        var file = Open(path);
        await using (file.ConfigureAwait(false))
        {
            context.Response.ContentLength = file.Length;
            await file.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static Task NotBuiltAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(
            "This build of Metaflow has no pages, because Node.js was not there when it was built.\n"
            + "Install Node.js 20 or later and build again: dotnet build src/Metaflow.Dashboard\n"
            + "The HTTP API works: api/v1/runs, described by api/v1/openapi.json.\n",
            context.RequestAborted);
    }

    private static Stream Open(string name) => Home.GetManifestResourceStream(Prefix + name)!;
}
