using Metaflow.Dashboard.Api;
using Metaflow.Dashboard.Data;
using Metaflow.Dashboard.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Metaflow.Dashboard;

/// <summary>Mounts the dashboard in an ASP.NET Core application.</summary>
public static class MetaflowEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Adds the pages and the HTTP API of the dashboard. Who may see them is the application's business: call
    /// <c>RequireAuthorization</c> on what is returned, for example.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">Where the dashboard is: <c>/metaflow</c>, or <c>/</c> for the whole application.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>All endpoints of the dashboard, to add conventions to.</returns>
    /// <exception cref="MetaflowException">There is no store, or it has a newer format.</exception>
    /// <example><code>app.MapMetaflow("/metaflow").RequireAuthorization();</code></example>
    public static IEndpointConventionBuilder MapMetaflow(
        this IEndpointRouteBuilder endpoints, string prefix = "/metaflow", Action<DashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var options = new DashboardOptions();
        configure?.Invoke(options);
        var time = endpoints.ServiceProvider.GetService<TimeProvider>() ?? TimeProvider.System;
        var data = new DashboardData(DashboardStore.Open(options.DatastoreRoot, options.Namespace, time), time);
        endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?.ApplicationStopped.Register(data.Dispose);
        return Map(endpoints, prefix, data);
    }

    internal static RouteGroupBuilder Map(IEndpointRouteBuilder endpoints, string prefix, DashboardData data)
    {
        prefix = "/" + prefix.Trim('/');
        var group = endpoints.MapGroup(prefix);
        foreach (var route in ApiRoutes.All)
        {
            group.MapGet(ApiRoutes.Prefix + route.Path, (RequestDelegate)(context =>
            {
                SecurityHeaders.ForPage(context.Response);
                return route.AnswerAsync(new(context, data));
            }));
        }

        group.MapGet(ApiRoutes.Prefix + "/openapi.json", (RequestDelegate)(context =>
        {
            SecurityHeaders.ForPage(context.Response);
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(OpenApi.Document(), context.RequestAborted);
        }));
        group.MapGet(ApiRoutes.Prefix + "/{**path}", (RequestDelegate)(context =>
        {
            SecurityHeaders.ForPage(context.Response);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsJsonAsync(
                new() { Error = "There is no such address in the API. See api/v1/openapi.json." }, Views.ApiJson.Default.ErrorReply, cancellationToken: context.RequestAborted);
        }));
        group.MapGet("/{**path}", (RequestDelegate)(context =>
        {
            var place = context.Request.PathBase + (prefix == "/" ? "/" : prefix + "/");
            return PageFiles.AnswerAsync(context, (string?)context.Request.RouteValues["path"] ?? "", place);
        }));
        return group;
    }
}
