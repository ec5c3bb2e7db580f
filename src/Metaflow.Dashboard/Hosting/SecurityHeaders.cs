using Metaflow.Cards;
using Microsoft.AspNetCore.Http;

namespace Metaflow.Dashboard.Hosting;

/// <summary>What browsers are told to refuse.</summary>
internal static class SecurityHeaders
{
    /// <summary>Pages run the dashboard's own scripts only, and are framed by nobody.</summary>
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
        + "frame-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Content of the store is data: no script, no form, no origin.</summary>
    private const string ContentPolicy = "default-src 'none'; img-src 'self' data:; style-src 'none'; sandbox; frame-ancestors 'self'";

    /// <summary>Set on every answer.</summary>
    public static void ForPage(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = PagePolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), clipboard-read=()";
    }

    /// <summary>Replaces the policy for a card, which brings one of its own: both hold.</summary>
    public static void ForCard(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = $"{CardPage.ServerPolicy}; frame-ancestors 'self'";
        response.Headers.CacheControl = "private, no-cache";
    }

    /// <summary>Replaces the policy for content that comes out of the store.</summary>
    public static void ForContent(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = ContentPolicy;
        response.Headers.CacheControl = "private, no-cache";
    }
}
