using System.Globalization;
using Metaflow.Dashboard.Data;
using Microsoft.AspNetCore.Http;

namespace Metaflow.Dashboard.Api;

/// <summary>A request to the API: its parameters, checked.</summary>
internal sealed class ApiRequest(HttpContext context, DashboardData data)
{
    private const int LongestText = 500;

    public DashboardData Data => data;

    public HttpContext Http => context;

    /// <summary>A part of the path.</summary>
    public string Path(string name) => (string?)context.Request.RouteValues[name] ?? "";

    /// <summary>A query parameter; <see langword="null"/> if it is not given or empty.</summary>
    public string? Text(string name)
    {
        var value = context.Request.Query[name].ToString();
        return value.Length == 0 ? null
            : value.Length <= LongestText ? value
            : throw new BadRequestException($"'{name}' is longer than {LongestText} characters.");
    }

    /// <summary>All values of a query parameter.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        [.. context.Request.Query[name].OfType<string>().Where(value => value.Length is > 0 and <= LongestText).Take(20)];

    /// <summary>A whole number within bounds.</summary>
    public int Number(string name, int absent, int minimum, int maximum) => Text(name) is not { } text ? absent
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum ? number
        : throw new BadRequestException($"'{name}' is '{text}'; it must be a whole number from {minimum} to {maximum}.");

    /// <summary>A time in milliseconds since 1970.</summary>
    public double? Time(string name) => Text(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var time) && Math.Abs(time) < 1e14 ? time
        : throw new BadRequestException($"'{name}' is '{text}'; it must be a time in milliseconds since 1970.");

    /// <summary>One of some words.</summary>
    public string Word(string name, params ReadOnlySpan<string> words)
    {
        var text = Text(name) ?? words[0];
        foreach (var word in words)
        {
            if (word == text)
            {
                return word;
            }
        }

        throw new BadRequestException($"'{name}' is '{text}'; it must be one of {string.Join(", ", words!)}.");
    }

    /// <summary>Whether a parameter is given and not <c>false</c>.</summary>
    public bool Flag(string name) => context.Request.Query.ContainsKey(name) && context.Request.Query[name] != "false" && context.Request.Query[name] != "0";
}
