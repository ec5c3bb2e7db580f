using System.Text.Json.Serialization.Metadata;
using Metaflow.Dashboard.Views;
using Microsoft.AspNetCore.Http;

namespace Metaflow.Dashboard.Api;

/// <summary>A query parameter of a route.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="Type">Its type in JSON schema.</param>
/// <param name="IsList">Whether it may be given several times.</param>
internal sealed record ApiParameter(string Name, string Description, string Type = "string", bool IsList = false);

/// <summary>A route of the API. All are GET: nothing can be changed.</summary>
/// <param name="Path">The path below <c>/api/v1</c>.</param>
/// <param name="Summary">What it answers, in one sentence.</param>
/// <param name="Query">The query parameters.</param>
/// <param name="Reply">What is answered, for the description; <see langword="null"/> if it is not JSON.</param>
/// <param name="MediaType">The media type of the answer.</param>
/// <param name="Answer">Answers.</param>
internal sealed record ApiRoute(
    string Path, string Summary, IReadOnlyList<ApiParameter> Query, JsonTypeInfo? Reply, string MediaType, Func<ApiRequest, Task> Answer)
{
    /// <summary>A route that answers with JSON.</summary>
    public static ApiRoute Json<T>(
        string path, string summary, JsonTypeInfo<T> type, Func<ApiRequest, T> answer, params IReadOnlyList<ApiParameter> query) =>
        new(path, summary, query, type, "application/json", request => WriteAsync(request.Http, StatusCodes.Status200OK, answer(request), type));

    /// <summary>A route that answers with something else.</summary>
    public static ApiRoute Raw(
        string path, string summary, string mediaType, Func<ApiRequest, Task> answer, params IReadOnlyList<ApiParameter> query) =>
        new(path, summary, query, null, mediaType, answer);

    /// <summary>Answers a request; faults become replies that say what is wrong.</summary>
    public async Task AnswerAsync(ApiRequest request)
    {
        try
        {
            await Answer(request).ConfigureAwait(false);
        }
        catch (Exception fault) when (!request.Http.Response.HasStarted && StatusOf(fault) is { } status)
        {
            await WriteAsync(request.Http, status, new ErrorReply { Error = fault.Message }, ApiJson.Default.ErrorReply).ConfigureAwait(false);
        }
    }

    private static int? StatusOf(Exception fault) => fault switch
    {
        Data.BadRequestException or ArgumentException => StatusCodes.Status400BadRequest,
        Client.ObjectNotFoundException or Client.NamespaceMismatchException => StatusCodes.Status404NotFound,
        MetaflowException => StatusCodes.Status500InternalServerError,
        _ => null,
    };

    private static Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);
    }
}
