using System.Text;
using Microsoft.Extensions.Logging;

namespace Metaflow;

/// <summary>
/// Writes log messages to the console before the call returns. The host's own console logger writes them later, on a
/// thread of its own, when the task that said them may have ended and its log is closed.
/// </summary>
[ProviderAlias("Console")]
internal sealed class StepLoggerProvider : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new StepLogger(categoryName);

    public void Dispose()
    {
        // Holds nothing.
    }

    private sealed class StepLogger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var text = new StringBuilder().Append(Name(logLevel)).Append(": ").Append(category).Append(": ")
                .AppendLine(formatter(state, exception));
            if (exception is not null)
            {
                text.AppendLine(exception.ToString());
            }

            Console.Out.Write(text.ToString());
        }

        private static string Name(LogLevel level) => level switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            _ => "crit",
        };
    }
}
