package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/raterhub-tracker/raterhub-tracker/internal/account"
	"github.com/raterhub-tracker/raterhub-tracker/internal/fault"
	"github.com/raterhub-tracker/raterhub-tracker/internal/httpx"
)

// errWidgetMayNot means that a device's token was used for what is not declared for
// widgets.
var errWidgetMayNot = fault.New(fault.Forbidden, "this credential is a widget's: it may not do this")

// forWidgets marks operations that a device's token may call too.
const forWidgets = "for widgets"

// forWidget declares that a device's token may call an operation. It is a decision
// about security: whoever reads a rater's page may have such a token.
func forWidget(op huma.Operation) huma.Operation {
	op.Metadata = map[string]any{forWidgets: true}
	op.Description = "A widget may call this with its device's token."
	return op
}

func isForWidgets(op *huma.Operation) bool { return op.Metadata[forWidgets] == true }

type connectDeviceInput struct {
	Body struct {
		Code     string `json:"code" maxLength:"64" doc:"From the page /widget/pair; good once, for five minutes."`
		Verifier string `json:"verifier" minLength:"43" maxLength:"128" doc:"Whose SHA-256 is the challenge of the page (RFC 7636, S256)."`
	}
}

type refreshDeviceInput struct {
	Body struct {
		RefreshToken string `json:"refresh_token" maxLength:"200"`
	}
}

type grantedOutput struct {
	Body struct {
		AccessToken  string    `json:"access_token" doc:"For the header Authorization: Bearer …, on what a widget may call."`
		TokenType    string    `json:"token_type" enum:"bearer"`
		ExpiresIn    int       `json:"expires_in" doc:"Seconds until the access token ends."`
		RefreshToken string    `json:"refresh_token" doc:"Good for one refresh; again only while the answer may have been lost."`
		DeviceID     string    `json:"device_id"`
		ServerTime   time.Time `json:"server_time"`
	}
}

func grantedOf(g account.Granted) *grantedOutput {
	out := &grantedOutput{}
	out.Body.AccessToken, out.Body.TokenType = g.Access, "bearer"
	out.Body.ExpiresIn = int(g.AccessExpires.Seconds())
	out.Body.RefreshToken, out.Body.DeviceID = g.Refresh, g.DeviceID
	out.Body.ServerTime = g.At.UTC().Truncate(time.Microsecond)
	return out
}

// DevicePath names a device in a path.
type DevicePath struct {
	DeviceID string `path:"device_id" doc:"UUID of a device."`
}

type devicesOutput struct {
	Body []deviceBody
}

type deviceBody struct {
	ID          string     `json:"device_id"`
	Name        string     `json:"name"`
	Kind        string     `json:"kind" enum:"userscript,extension"`
	CreatedAt   *time.Time `json:"created_at"`
	LastUsedAt  *time.Time `json:"last_used_at" doc:"When it last got a new access token."`
	LastAddress string     `json:"last_address" doc:"Of the client then; an IPv6 network of 64 bits."`
}

func (a *api) registerDevices() {
	const tag = "Accounts"
	errs := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusTooManyRequests}

	// Their authority is the code or the token in the body: see httpx.Origins.
	op := public(operation(http.MethodPost, "/auth/device/token", "connect-device", "Exchange a pairing code for a device's tokens", tag))
	op.Errors = append(op.Errors, errs...)
	op.Middlewares = huma.Middlewares{a.limitByAddress(a.Limits.Pairings)}
	register(a, op, a.connectDevice)

	op = public(operation(http.MethodPost, "/auth/device/refresh", "refresh-device", "Exchange a refresh token for new tokens", tag))
	op.Errors = append(op.Errors, errs...)
	register(a, op, a.refreshDevice)

	register(a, operation(http.MethodGet, "/me/devices", "devices", "The connected devices, newest first", tag), a.devices)
	register(a, withNotFound(operation(http.MethodDelete, "/me/devices/{device_id}", "disconnect-device", "Disconnect a device", tag)), a.disconnectDevice)
	register(a, forWidget(withNotFound(operation(http.MethodDelete, "/me/device", "disconnect", "Disconnect the device that asks", tag))), a.disconnect)
}

func (a *api) connectDevice(ctx context.Context, in *connectDeviceInput) (*grantedOutput, error) {
	granted, err := a.Accounts.ConnectDevice(ctx, in.Body.Code, in.Body.Verifier, addressOf(ctx))
	if err != nil {
		return nil, err
	}
	return grantedOf(granted), nil
}

// refreshDevice counts by address and device, so that the widgets behind one address
// do not make each other wait; what is no token of ours counts for the address.
func (a *api) refreshDevice(ctx context.Context, in *refreshDeviceInput) (*grantedOutput, error) {
	key := addressOf(ctx) + " " + a.Accounts.RefreshKey(in.Body.RefreshToken)
	if err := a.Limits.Refreshes.Take(ctx, key); err != nil {
		return nil, err
	}
	granted, err := a.Accounts.RefreshDevice(ctx, in.Body.RefreshToken, addressOf(ctx))
	if err != nil {
		return nil, err
	}
	return grantedOf(granted), nil
}

func (a *api) devices(ctx context.Context, _ *struct{}) (*devicesOutput, error) {
	devices, err := a.Accounts.Devices(ctx, currentUser(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &devicesOutput{Body: make([]deviceBody, len(devices))}
	for i, d := range devices {
		out.Body[i] = deviceBody{
			ID: d.ID, Name: d.Name, Kind: string(d.Kind),
			CreatedAt: timeOf(d.CreatedAt), LastUsedAt: timeOf(d.LastUsedAt), LastAddress: d.LastAddress,
		}
	}
	return out, nil
}

func (a *api) disconnectDevice(ctx context.Context, in *DevicePath) (*statusOutput, error) {
	id, err := httpx.ID(in.DeviceID, account.ErrUnknownDevice)
	if err != nil {
		return nil, err
	}
	return a.endDevice(ctx, id)
}

// disconnect is of the device whose token this is; a login has none.
func (a *api) disconnect(ctx context.Context, _ *struct{}) (*statusOutput, error) {
	return a.endDevice(ctx, currentToken(ctx).DeviceID)
}

func (a *api) endDevice(ctx context.Context, id string) (*statusOutput, error) {
	if err := a.Accounts.DisconnectDevice(ctx, currentUser(ctx).ID, id, byUser(ctx)); err != nil {
		return nil, err
	}
	return done("device disconnected"), nil
}
