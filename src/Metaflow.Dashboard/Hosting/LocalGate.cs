using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Metaflow.Dashboard.Hosting;

/// <summary>
/// Lets in who was given the address with the token. The store is its owner's: other users of the machine, pages of other
/// sites and names that were rebound to this machine stay outside.
/// </summary>
internal sealed class LocalGate
{
    private const string Parameter = "token";
    private const string Bearer = "Bearer ";

    /// <summary>The secret, new at every start.</summary>
    public string Token { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    /// <summary>The port on which the server listens; cookies do not know ports, so it is part of the cookie's name.</summary>
    public int Port { get; set; }

    private string Cookie => string.Create(CultureInfo.InvariantCulture, $"metaflow-ui-{Port}");

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        SecurityHeaders.ForPage(context.Response);
        if (!IsOwnHost(context.Request.Host))
        {
            return RefuseAsync(context, StatusCodes.Status421MisdirectedRequest, "This address is not one of the dashboard. Open it as http://127.0.0.1.");
        }

        if (!IsOwnOrigin(context.Request))
        {
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "Pages of other sites cannot read the dashboard.");
        }

        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            return RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "The dashboard only reads.");
        }

        if (Is(context.Request.Query[Parameter].ToString()))
        {
            return Enter(context);
        }

        return Is(context.Request.Cookies[Cookie]) || IsBearer(context.Request)
            ? next(context)
            : RefuseAsync(
                context, StatusCodes.Status401Unauthorized,
                "This dashboard needs its token. Open the address that 'metaflow ui' printed when it was started.");
    }

    /// <summary>Keeps the token in a cookie that scripts cannot read, and takes it out of the address.</summary>
    private Task Enter(HttpContext context)
    {
        context.Response.Cookies.Append(Cookie, Token, new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/" });
        var rest = QueryString.Create(context.Request.Query.Where(parameter => parameter.Key != Parameter));

        // Two slashes at the beginning would name another host.
        context.Response.Redirect("/" + context.Request.Path.ToUriComponent().TrimStart('/') + rest.ToUriComponent());
        return Task.CompletedTask;
    }

    private bool IsOwnHost(HostString host) =>
        host.Host is "127.0.0.1" or "localhost" && (host.Port ?? 80) == Port;

    private static bool IsOwnOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && origin != $"http://{request.Host.Value}")
        {
            return false;
        }

        // A link on another site may be followed; nothing else may come from there.
        return request.Headers["Sec-Fetch-Site"].ToString() is not ("cross-site" or "same-site")
            || request.Headers["Sec-Fetch-Mode"].ToString() == "navigate" && request.Headers["Sec-Fetch-Dest"].ToString() == "document";
    }

    private bool IsBearer(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && Is(header[Bearer.Length..]);
    }

    private bool Is(string? token) => !string.IsNullOrEmpty(token)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(Token));

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(message + "\n", context.RequestAborted);
    }
}
